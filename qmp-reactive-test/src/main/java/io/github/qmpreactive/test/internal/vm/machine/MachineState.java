package io.github.qmpreactive.test.internal.vm.machine;

import java.util.Locale;

/** What {@code query-status} reports; {@code RunState} tells users what each means. */
public enum MachineState {
    PRELAUNCH,
    RUNNING,
    PAUSED,
    SUSPENDED,
    SHUTDOWN,
    GUEST_PANICKED,
    WATCHDOG,
    RESTORE_VM,
    SAVE_VM,
    INMIGRATE,
    FINISH_MIGRATE,
    POSTMIGRATE;

    /** Its name in QMP. */
    public String qmpName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
