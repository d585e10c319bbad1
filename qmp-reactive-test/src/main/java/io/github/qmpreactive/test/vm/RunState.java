package io.github.qmpreactive.test.vm;

import java.util.Locale;

/** What a machine is doing, as {@code query-status} tells it. */
public enum RunState {
    /** Not started yet: {@code -S}, or a reset while it was stopped. */
    PRELAUNCH,
    /** Running. */
    RUNNING,
    /** Stopped by {@code stop}. */
    PAUSED,
    /** The guest sleeps until {@code system_wakeup}. */
    SUSPENDED,
    /** The guest has shut down, and {@code -no-shutdown} keeps the machine: only a reset brings it back. */
    SHUTDOWN,
    /** The guest has panicked, and the machine was stopped for that. */
    GUEST_PANICKED,
    /** The watchdog has expired, and the machine was stopped for that. */
    WATCHDOG;

    /** {@return its name in QMP, for example {@code "guest-panicked"}} */
    public String qmpName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
