package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;

/**
 * What the guest of a {@link RunningFakeVm} does of its own accord. Each method returns when it is done, with its events
 * written to all clients; on Reactor's non-blocking threads it returns before. A guest can do nothing while its machine
 * is stopped: then each of them throws an IllegalStateException.
 */
public final class FakeGuest {

    private final Machine machine;
    private final Devices devices;

    FakeGuest(Machine machine, Devices devices) {
        this.machine = machine;
        this.devices = devices;
    }

    /** Shuts down: SHUTDOWN with {@code "guest": true}, then the end; with {@code -no-shutdown}, STOP in its place. */
    public void shutsDown() {
        act(() -> machine.shutDown(true, "guest-shutdown"));
    }

    /** Reboots: RESET with {@code "guest": true}; with {@code -no-reboot} SHUTDOWN, and the end. */
    public void reboots() {
        act(() -> machine.reset(true, "guest-reset"));
    }

    /**
     * Panics: GUEST_PANICKED, and then what is set for it; by default SHUTDOWN and the end, with {@code panic=pause} or
     * {@code -no-shutdown} STOP.
     */
    public void panics() {
        act(machine::panic);
    }

    /** Goes to sleep, until {@code system_wakeup} or a reset: SUSPEND. */
    public void suspends() {
        act(machine::suspend);
    }

    /** Hangs, so that its watchdog expires: WATCHDOG, and then what is set for it; by default RESET. */
    public void hangs() {
        act(machine::expireWatchdog);
    }

    /**
     * Lets go of a device that {@code device_del} wants removed: DEVICE_DELETED.
     *
     * @param id of the device
     * @throws IllegalArgumentException if there is no such device, or its removal was not requested
     */
    public void releases(String id) {
        act(() -> devices.release(pending(id)));
    }

    /**
     * Refuses to let go of a device that {@code device_del} wants removed: DEVICE_UNPLUG_GUEST_ERROR. The device stays, and
     * {@code device_del} asks again.
     *
     * @param id of the device
     * @throws IllegalArgumentException if there is no such device, or no {@code device_del} wants it removed
     */
    public void refuses(String id) {
        act(() -> devices.refuse(pending(id)));
    }

    private Device pending(String id) {
        Device device = devices.pending(id);
        if (device == null) {
            throw new IllegalArgumentException("There is no device '" + id + "' that device_del wants removed");
        }
        return device;
    }

    private void act(Runnable action) {
        FakeLoop.run(() -> {
            if (!machine.isRunning()) {
                String state = machine.isAlive() ? machine.state().qmpName() : "gone";
                throw new IllegalStateException("The guest can do nothing: the machine is " + state);
            }
            action.run();
        });
    }
}
