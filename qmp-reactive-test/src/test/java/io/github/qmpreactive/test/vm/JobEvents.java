package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.Patience;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/**
 * What jobs say in the steps of a dialogue, and what of that may differ. QEMU works at jobs beside its monitors, so these
 * are races there:
 *
 * <ul>
 *   <li>The reply to a command that starts, cancels, resumes or speeds up a job, or removes a device that holds it up, comes
 *       anywhere among its events.
 *   <li>Jobs are independent of each other, until one fails: of those that end with it the order counts.
 *   <li>How often a job is held up for a moment, and where; that it is, counts.
 *   <li>How far a job has come that has not come to its end.
 * </ul>
 */
final class JobEvents {

    private static final Pattern RACE = Pattern.compile(
            "(?!block-job-(pause|complete|finalize|dismiss))(block|device_del|snapshot-|transaction|job-(cancel|resume)).*");

    private final Sinks.Many<String> heard = Sinks.many().replay().all();
    private final AtomicInteger count = new AtomicInteger();
    private long firstOfStep;
    /** By job, behind what this step has waited for. */
    private final Map<String, Long> awaited = new HashMap<>();

    static boolean isOne(String event) {
        return event.startsWith("JOB_") || event.startsWith("BLOCK_JOB_");
    }

    void heard(String event, JsonNode data) {
        String what = event.equals("JOB_STATUS_CHANGE") ? data.path("status").asString() : event;
        String id = data.path("id").asString(data.path("device").asString(""));
        heard.tryEmitNext(id + " " + what).orThrow();
        count.incrementAndGet();
    }

    boolean haveBegun() {
        return count.get() > 0;
    }

    /** Waits for an event of this step that comes behind those of the job that it has waited for. */
    void await(String event, List<String> lines) {
        try {
            String job = event.substring(0, event.indexOf(' '));
            long next = Objects.requireNonNull(heard.asFlux()
                    .index((n, what) -> what.equals(event) ? n + 1 : 0)
                    .skip(awaited.getOrDefault(job, firstOfStep))
                    .filter(behind -> behind > 0)
                    .blockFirst(Patience.PATIENCE));
            awaited.put(job, next);
        } catch (IllegalStateException e) {
            throw new AssertionError("No " + event + ": " + lines, e);
        }
    }

    /** Puts in order what may be in any. */
    void endStep(String command, List<String> step) {
        firstOfStep = count.get();
        awaited.clear();
        if (RACE.matcher(command).matches()) {
            step.sort(Comparator.comparing(line -> line.startsWith("event ")));
            int failure = 0;
            while (failure < step.size() && !step.get(failure).contains("\"aborting\"")) {
                failure++;
            }
            step.subList(0, failure).sort(Comparator.comparing(JobEvents::jobOf));
        }
        List<String> kept = new ArrayList<>();
        for (String line : step) {
            int last = kept.size() - 1;
            if (last >= 0 && isPause(kept.get(last), line)) {
                kept.remove(last);
                String heldUp = "held up " + jobOf(line);
                if (!kept.contains(heldUp)) {
                    kept.add(heldUp);
                }
            } else {
                kept.add(comparable(line));
            }
        }
        step.clear();
        step.addAll(kept);
    }

    /** The job that an event is of; empty for a line that is none. */
    private static String jobOf(String line) {
        return line.matches("event (BLOCK_)?JOB_.*") ? line.replaceFirst(".*\"(id|device)\":\"(\\w+)\".*", "$2") : "";
    }

    private static boolean isPause(String line, String next) {
        boolean paused = line.contains("\"paused\"") && next.contains("\"running\"");
        boolean stoodBy = line.contains("\"standby\"") && next.contains("\"ready\"");
        return jobOf(line).equals(jobOf(next)) && (paused || stoodBy);
    }

    /** Without how far a job has come that has not come to its end. */
    static String comparable(String line) {
        return line.replaceAll(
                        "\"current-progress\":(\\d++)(?=[^}]*\"total-progress\":(?!\\1\\b))", "\"current-progress\":N")
                .replaceAll("\"len\":(\\d++),\"offset\":(?!\\1\\b)\\d+", "\"len\":$1,\"offset\":N");
    }
}
