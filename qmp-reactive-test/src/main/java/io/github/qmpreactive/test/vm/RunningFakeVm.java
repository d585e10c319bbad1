package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.Devices;
import io.github.qmpreactive.test.internal.vm.RunningMachine;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.Monitors;
import java.util.Map;
import reactor.core.scheduler.Schedulers;

/**
 * A {@link FakeVm} that has been started. To be closed at the end of the test; safe for use by several threads.
 *
 * <p>{@link #runState()}, {@link #isAlive()}, {@link #devices()}, {@link #emit}, {@link #terminate()} and {@link #toString()} wait
 * until the event loop that all fakes share has done what it was given before, 10 s at most; on Reactor's non-blocking threads they do
 * not wait.
 */
public final class RunningFakeVm implements AutoCloseable {

    private final Monitors monitors;
    private final Machine machine;
    private final Devices devices;
    private final FakeGuest guest;
    private final FakeJobs jobs;

    RunningFakeVm(RunningMachine running) {
        this.monitors = running.monitors();
        this.machine = running.machine();
        this.devices = running.devices();
        this.guest = new FakeGuest(machine, devices);
        this.jobs = new FakeJobs(running.jobs());
    }

    /**
     * {@return a client of its first monitor}
     *
     * @throws IllegalStateException if it was started with {@link FakeVm#startDialling}
     */
    public QmpClient client() {
        return client(0);
    }

    /**
     * {@return a client of one of its monitors}
     *
     * @param monitor 0 for the first
     * @throws IllegalArgumentException if there is no such monitor
     * @throws IllegalStateException if it was started with {@link FakeVm#startDialling}
     */
    public QmpClient client(int monitor) {
        return QmpClient.create().address(monitors.address(monitor));
    }

    /** {@return where its first monitor listens, or whom it dials: {@code unix:/path} or {@code tcp:127.0.0.1:port}} */
    public String address() {
        return address(0);
    }

    /**
     * {@return the address where one of its monitors listens, or to which it connects}
     *
     * @param monitor 0 for the first
     * @throws IllegalArgumentException if there is no such monitor
     */
    public String address(int monitor) {
        return server(monitor).address();
    }

    /** {@return the server of its first monitor: which commands came, and all that can be done to a connection by hand} */
    public RunningFakeQmpServer server() {
        return server(0);
    }

    /**
     * {@return the server of one of its monitors}
     *
     * @param monitor 0 for the first
     * @throws IllegalArgumentException if there is no such monitor
     */
    public RunningFakeQmpServer server(int monitor) {
        return monitors.server(monitor);
    }

    /** {@return what the guest does of its own accord} */
    public FakeGuest guest() {
        return guest;
    }

    /** {@return a handle that moves its jobs on, makes them fail, and drains them} */
    public FakeJobs jobs() {
        return jobs;
    }

    /**
     * Sends an event to the clients of all monitors, for example what its guest has caused: {@code RTC_CHANGE}. Events that
     * QEMU limits to one a second are limited: the first is sent at once, the last one of a second at its end.
     *
     * @param event its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     * @throws IllegalStateException if this is closed
     */
    public void emit(String event, String data) {
        monitors.emit(event, data);
    }

    /** {@return the state that {@code query-status} tells; the last one if it has ended} */
    public RunState runState() {
        settle();
        return RunState.of(machine.state());
    }

    /** {@return whether QEMU runs: false after {@code quit}, a shutdown without {@code -no-shutdown}, {@link #kill()}} */
    public boolean isAlive() {
        settle();
        return machine.isAlive();
    }

    /**
     * {@return QEMU's own names of the drivers of the devices with an id, by id, in the order in which they came; those
     * that the guest has yet to release are among them}
     */
    public Map<String, String> devices() {
        settle();
        return devices.drivers();
    }

    /**
     * Ends QEMU as SIGKILL does: the connections end without an event, and its sockets are left behind. Waits until no
     * client listens, 10 s at most, unless this is one of Reactor's non-blocking threads. Nothing happens if it has
     * ended.
     */
    public void kill() {
        FakeLoop.run(machine::kill);
        if (!Schedulers.isInNonBlockingThread()) {
            monitors.hungUp().block(FakeLoop.PATIENCE);
        }
    }

    /** Ends QEMU as SIGTERM does: SHUTDOWN, and the end, with {@code -no-shutdown} too. Nothing happens if it has ended. */
    public void terminate() {
        FakeLoop.run(() -> {
            if (machine.isAlive()) {
                machine.exit("host-signal");
            }
        });
    }

    /** Closes all of its connections and removes its sockets; waits until that is done, 10 s at most for each; blocks. */
    @Override
    public void close() {
        try {
            kill();
        } finally {
            monitors.close();
        }
    }

    /** For people: its address and its state. */
    @Override
    public String toString() {
        return "fake VM at " + address() + ", " + (isAlive() ? runState().qmpName() : "gone");
    }

    /** A client may have heard of something that is not done yet: what it is part of comes to its end first. */
    private static void settle() {
        FakeLoop.run(() -> {});
    }
}
