package io.github.qmpreactive.redis;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An entry of the stream. Host, run, series and number identify it: the same entry is written twice if Redis has written it but
 * the answer was lost. The numbers of a series are in order and have no holes, duplicates aside: a missing one was trimmed, or
 * lost by Redis. Different series are in no order.
 *
 * @param host whose service has written it
 * @param run one life of that service: another one after each start
 * @param series what is in order: {@code events}, which has gaps, too; {@code links}; {@code outcomes}
 * @param number counts from 0 in each series of a run
 * @param report what it says
 */
record StreamEntry(String host, String run, String series, long number, Report report) {

    private static final Set<String> KEYS = Set.of("host", "run", "series", "machine", "kind", "name", "data", "time");

    String id() {
        return host + "/" + run + "/" + series + "/" + number;
    }

    Map<String, String> fields() {
        return Map.of(
                "host", host,
                "run", run,
                "series", series,
                "number", Long.toString(number),
                "machine", report.machine(),
                "kind", report.kind(),
                "name", report.name(),
                "data", report.data(),
                "time", report.time());
    }

    /** Empty if that is no such entry: it was trimmed before it was read, or something else has written it. */
    static Optional<StreamEntry> of(Map<String, String> fields) {
        String number = fields.getOrDefault("number", "");
        if (!number.matches("\\d{1,18}") || !fields.keySet().containsAll(KEYS)) {
            return Optional.empty();
        }
        Report report = new Report(
                text(fields, "machine"),
                text(fields, "kind"),
                text(fields, "name"),
                text(fields, "data"),
                text(fields, "time"));
        return Optional.of(new StreamEntry(
                text(fields, "host"), text(fields, "run"), text(fields, "series"), Long.parseLong(number), report));
    }

    private static String text(Map<String, String> fields, String key) {
        return fields.getOrDefault(key, "");
    }
}
