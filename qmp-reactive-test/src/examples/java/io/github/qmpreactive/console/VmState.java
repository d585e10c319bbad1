package io.github.qmpreactive.console;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * What the page shows of a machine at one moment.
 *
 * @param name its name
 * @param link how it is connected: {@code up}, {@code connecting}, {@code down}, {@code gave_up}, {@code stopped}
 * @param cause why it is not connected, or why its run state is not known
 * @param attempt how many attempts have failed, or which is under way
 * @param next {@code down}: when the next attempt begins
 * @param retryMillis {@code down}: how long that is from now on, so that the page does not need the console's clock
 * @param version of QEMU, if it is connected
 * @param status QEMU's word for the run state, if it is connected: {@code running}, {@code paused}, ...
 * @param tasks what was begun in the console and takes its time, the newest first
 */
record VmState(
        String name,
        String link,
        @Nullable String cause,
        int attempt,
        @Nullable Instant next,
        @Nullable Long retryMillis,
        @Nullable String version,
        @Nullable String status,
        List<Task> tasks) {

    /** Before the first link. */
    static VmState named(String name) {
        return new VmState(name, "stopped", null, 0, null, null, null, null, List.of());
    }

    VmState withStatus(@Nullable String status, @Nullable String cause) {
        return new VmState(name, link, cause, attempt, next, retryMillis, version, status, tasks);
    }

    VmState withTasks(List<Task> tasks) {
        return new VmState(name, link, cause, attempt, next, retryMillis, version, status, List.copyOf(tasks));
    }

    /** With the time that is left until the next attempt. */
    VmState asOfNow() {
        if (next == null) {
            return this;
        }
        long left = next.toEpochMilli() - Schedulers.parallel().now(TimeUnit.MILLISECONDS);
        return new VmState(name, link, cause, attempt, next, Math.max(0, left), version, status, tasks);
    }
}
