package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import java.util.Locale;

/** The state of a machine, as {@code query-status} reports it. QEMU may add others: a switch needs a default. */
public enum RunState {
    /** Not started yet: {@code -S}, or a reset while it was stopped. */
    PRELAUNCH,
    /** Running. */
    RUNNING,
    /** Stopped by {@code stop}. */
    PAUSED,
    /** The guest sleeps until {@code system_wakeup}. */
    SUSPENDED,
    /** The guest has shut down, and {@code -no-shutdown} keeps the machine: only a reset makes it run again. */
    SHUTDOWN,
    /** The guest has panicked, and the machine was stopped because of that. */
    GUEST_PANICKED,
    /** The watchdog has expired, and the machine was stopped because of that. */
    WATCHDOG,
    /** A snapshot could not be loaded, and the machine was stopped for it: {@code cont} makes it go on. */
    RESTORE_VM,
    /** Stopped while a snapshot is saved or the memory is dumped; it goes on by itself. */
    SAVE_VM,
    /** Waits for a guest of another machine: {@code -incoming}. */
    INMIGRATE,
    /** Stopped while the last of the guest is sent to another machine. */
    FINISH_MIGRATE,
    /** The guest has moved to another machine. {@code cont} would run it here, too. */
    POSTMIGRATE;

    static RunState of(MachineState state) {
        return valueOf(state.name());
    }

    /** {@return its name in QMP, for example {@code "guest-panicked"}} */
    public String qmpName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
