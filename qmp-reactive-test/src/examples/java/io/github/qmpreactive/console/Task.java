package io.github.qmpreactive.console;

import org.jspecify.annotations.Nullable;

/**
 * A job, an unplugging or a migration at one moment.
 *
 * @param id of its own among those of the machine; of a job, that which QEMU knows
 * @param kind {@code job}, {@code unplug} or {@code migration}
 * @param title what is done, in some words
 * @param status how it is
 * @param fraction how much is done, from 0 to 1, if that is known
 * @param error why it has failed
 * @param ended whether it is over
 */
record Task(
        String id,
        String kind,
        String title,
        String status,
        @Nullable Double fraction,
        @Nullable String error,
        boolean ended) {

    static Task begun(String id, String kind, String title) {
        return new Task(id, kind, title, "asked", null, null, false);
    }

    Task now(String status, @Nullable Double fraction) {
        return new Task(id, kind, title, status, fraction, null, false);
    }

    Task done() {
        return new Task(id, kind, title, "done", 1.0, null, true);
    }

    Task failed(String status, String error) {
        return new Task(id, kind, title, status, fraction, error, true);
    }
}
