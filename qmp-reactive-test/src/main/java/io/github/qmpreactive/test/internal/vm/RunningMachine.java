package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.vm.job.BlockNodes;
import io.github.qmpreactive.test.internal.vm.job.Jobs;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.Monitors;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.internal.vm.migration.Migration;
import java.util.function.Function;

/**
 * A machine that has been started.
 *
 * @param monitors its sockets
 * @param machine its run states
 * @param devices its devices
 * @param jobs its jobs
 */
public record RunningMachine(Monitors monitors, Machine machine, Devices devices, Jobs jobs) {

    /**
     * Starts a machine.
     *
     * @param listens whether clients connect to its monitors; otherwise its monitors connect to a client
     * @param start starts the server of a monitor
     */
    public static RunningMachine start(
            VmSettings settings, boolean listens, Function<FakeQmpServer, RunningFakeQmpServer> start) {
        Monitors monitors = new Monitors(listens);
        Machine machine = new Machine(monitors, settings);
        Devices devices = new Devices(settings, monitors, machine);
        BlockNodes nodes = devices.backends().nodes();
        settings.nodes.forEach(nodes::addFirst);
        Jobs jobs = new Jobs(settings, monitors, machine, nodes);
        FakeQmpServer server = settings.server.apply(
                new Commands(machine, devices, jobs, new Migration(settings, monitors, machine), settings)
                        .on(FakeQmpServer.create().withProfile(settings.profile).withLimitedEvents()));
        try {
            for (int i = 0; i < settings.monitors; i++) {
                monitors.add(start.apply(server));
            }
        } catch (RuntimeException | Error e) {
            monitors.close();
            throw e;
        }
        return new RunningMachine(monitors, machine, devices, jobs);
    }
}
