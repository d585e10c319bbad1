package io.github.qmpreactive.console;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A line of a machine's log.
 *
 * @param id its place in the log, for browsers that come back
 * @param kind {@code event}, {@code gap}, {@code link}, {@code command}, or {@code missed}: what this browser alone has missed
 * @param name of the event or the command; of the link, its state
 * @param data of the event, as JSON in a text: a page would round large integers
 * @param text more, for people
 * @param time when, if that is known
 */
record Entry(
        Id id,
        String kind,
        String name,
        @Nullable String data,
        @Nullable String text,
        @Nullable Instant time) {

    /**
     * A place in the log.
     *
     * @param run which start of the application: none knows what was before it
     * @param number the number of the entry, from 1
     */
    record Id(String run, long number) {

        /** The text of one, as a browser hands it back; a place in no log if it is none. */
        static Id parse(String text) {
            int dot = text.lastIndexOf('.');
            try {
                return new Id(text.substring(0, Math.max(dot, 0)), Long.parseLong(text.substring(dot + 1)));
            } catch (NumberFormatException e) {
                return new Id("", 0);
            }
        }

        @Override
        public String toString() {
            return run + "." + number;
        }
    }
}
