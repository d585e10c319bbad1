package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine that has been started.
 *
 * @param monitors its sockets
 * @param machine its run states
 * @param devices its devices
 */
public record RunningMachine(Monitors monitors, Machine machine, Devices devices) {

    /**
     * Starts a machine.
     *
     * @param listens whether clients connect to its monitors; otherwise its monitors connect to a client
     * @param start starts the server of a monitor
     */
    public static RunningMachine start(
            VmSettings settings, boolean listens, Function<FakeQmpServer, RunningFakeQmpServer> start) {
        Monitors monitors = new Monitors(listens);
        RunningMachine running = assemble(settings, monitors);
        Commands commands =
                new Commands(running.machine(), running.devices(), settings.identity(), settings.profile.schema());
        FakeQmpServer server = settings.server.apply(
                commands.on(FakeQmpServer.create().withProfile(settings.profile).withLimitedEvents()));
        try {
            for (int i = 0; i < settings.monitors; i++) {
                monitors.add(start.apply(server));
            }
        } catch (RuntimeException | Error e) {
            monitors.close();
            throw e;
        }
        return running;
    }

    private static RunningMachine assemble(VmSettings settings, Monitors monitors) {
        Machine machine = new Machine(monitors, settings.profile.traits(), settings.actions, settings.state);
        GuestWork work = new GuestWork(machine);
        Devices devices = new Devices(
                settings,
                monitors,
                (all, device) -> later(work, settings.release, () -> {
                    if (settings.refusesUnplug) {
                        all.refuse(device);
                    } else {
                        all.release(device);
                    }
                }));
        machine.add(devices);
        machine.add(new MachineListener() {
            @Override
            public void onPowerButton() {
                // One that has not booted yet does not hear of it.
                if (machine.state() != MachineState.PRELAUNCH) {
                    later(work, settings.powerdown, () -> machine.shutDown(true, "guest-shutdown"));
                }
            }
        });
        return new RunningMachine(monitors, machine, devices);
    }

    private static void later(GuestWork work, @Nullable Duration delay, Runnable task) {
        if (delay != null) {
            work.after(delay, task);
        }
    }
}
