package io.github.qmpreactive.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of a machine at one moment.
 *
 * @param name its name
 * @param link how it is connected: {@code up}, {@code connecting}, {@code down}, {@code gave_up}, {@code stopped}
 * @param cause why it is not connected
 * @param attempt how many attempts have failed, or which is under way
 * @param retryMillis {@code down}: from the beginning of this link to the next attempt
 * @param version of QEMU, if it is connected
 * @param status QEMU's word for the run state, if it is connected: {@code running}, {@code paused}, ...
 * @param tasks what was begun in the console and takes its time, the newest first
 */
record VmState(
        String name,
        String link,
        @Nullable String cause,
        int attempt,
        @Nullable Long retryMillis,
        @Nullable String version,
        @Nullable String status,
        List<Task> tasks) {

    /** Before the first link. */
    static VmState named(String name) {
        return new VmState(name, "stopped", null, 0, null, null, null, List.of());
    }

    VmState withStatus(String status) {
        return new VmState(name, link, cause, attempt, retryMillis, version, status, tasks);
    }

    VmState withTasks(List<Task> tasks) {
        return new VmState(name, link, cause, attempt, retryMillis, version, status, List.copyOf(tasks));
    }
}
