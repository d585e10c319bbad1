package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.Devices;
import io.github.qmpreactive.test.internal.vm.machine.Machine;

/**
 * Makes the guest of a {@link RunningFakeVm} act. Each method returns when that is done, with its events written to all
 * clients, unless it says otherwise; on Reactor's non-blocking threads it returns before. A guest can do nothing while its
 * machine is stopped: then each of them throws an IllegalStateException.
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
     * Panics: GUEST_PANICKED, and then the action that is set for a panic; by default SHUTDOWN and the end, with
     * {@code panic=pause} or {@code -no-shutdown} STOP.
     */
    public void panics() {
        act(machine::panic);
    }

    /** Goes to sleep, until {@code system_wakeup} or a reset: SUSPEND. */
    public void suspends() {
        act(machine::suspend);
    }

    /**
     * Hangs, so that its watchdog expires: WATCHDOG, and then the action that is set for the watchdog; by default
     * RESET.
     */
    public void hangs() {
        act(machine::expireWatchdog);
    }

    /**
     * Releases a device whose removal {@code device_del} has requested.
     *
     * <ul>
     *   <li>A PCI device: DEVICE_DELETED 50 ms later, with QEMU 11.1 1 ms, when QEMU has freed it. What it uses is in use until
     *       then.
     *   <li>A memory module or a processor: DEVICE_DELETED at once, between ACPI_DEVICE_OST with source 3 and status 132 and one
     *       with status 0. That of a processor has no {@code device}; QEMU 11.1 sends one that has at the next reset of a machine
     *       that runs, the fake does not.
     * </ul>
     *
     * @param id of the device
     * @throws IllegalArgumentException if there is no such device, or its removal was not requested
     */
    public void releases(String id) {
        act(() -> devices.release(id));
    }

    /**
     * Refuses to release a device whose removal {@code device_del} has requested. The device stays, and {@code device_del} can
     * request it again.
     *
     * <ul>
     *   <li>A memory module or a processor: ACPI_DEVICE_OST with source 3 and status 130, as from Linux.
     *   <li>Another device: DEVICE_UNPLUG_GUEST_ERROR. QEMU sends that on other architectures, for example of a pseries. On a pc
     *       and a q35 a guest that does not release a PCI device says nothing: {@link FakeGuestBehavior#keepsDevices}.
     * </ul>
     *
     * @param id of the device
     * @throws IllegalArgumentException if there is no such device, or its removal was not requested
     */
    public void refuses(String id) {
        act(() -> devices.refuse(id));
    }

    private void act(Runnable action) {
        FakeLoop.run(() -> {
            if (!machine.isRunning()) {
                String state = machine.isAlive() ? machine.state().qmpName() : "gone";
                throw new IllegalStateException("The guest cannot act: the machine is " + state);
            }
            action.run();
        });
    }
}
