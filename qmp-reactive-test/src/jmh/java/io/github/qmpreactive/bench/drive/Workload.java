package io.github.qmpreactive.bench.drive;

import java.util.Locale;
import java.util.Objects;

/**
 * What is to be done, as the command line says it.
 *
 * @param kind which workload
 * @param count how many commands, or events
 * @param argument for {@link Kind#PIPE} how many in flight, for {@link Kind#BIG} the KiB of a reply
 * @param command what SEQ and PIPE execute: {@code CMD} in the environment, else {@code query-status}
 */
public record Workload(Kind kind, int count, int argument, String command) {

    /** The workloads. */
    public enum Kind {
        /** Commands one at a time. */
        SEQ,
        /** Commands, a number of them in flight. */
        PIPE,
        /** One command that brings events. */
        FLOOD,
        /** Commands with large replies, one at a time. */
        BIG
    }

    static final String USAGE =
            "UNIX_PATH seq N | pipe N DEPTH | flood N | big N KB, then how many rounds (1; only the last one is printed)";

    static Workload parse(String... arguments) {
        Kind kind = Kind.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        return new Workload(
                kind,
                Integer.parseInt(arguments[2]),
                arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1,
                Objects.requireNonNullElse(System.getenv("CMD"), "query-status"));
    }

    /** The line that every driver prints: who, what, how many, seconds, per second, and seconds of CPU time. */
    String line(String who, long nanos, long cpuNanos) {
        return String.format(
                Locale.ROOT,
                "%s %s %d %.4f %.0f %.4f",
                who,
                kind.name().toLowerCase(Locale.ROOT),
                count,
                nanos / 1e9,
                count * 1e9 / nanos,
                cpuNanos / 1e9);
    }
}
