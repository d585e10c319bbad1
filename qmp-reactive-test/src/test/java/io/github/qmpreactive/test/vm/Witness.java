package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** A client of one monitor, and all that it hears, in the order in which it was heard. */
final class Witness {

    static final Duration PATIENCE = Patience.PATIENCE;

    private static final JsonMapper SORTED =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final QmpSession session;
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Sinks.Many<String> events = Sinks.many().replay().all();
    private final JobEvents jobs = new JobEvents();
    private int firstOfStep;

    Witness(String address) {
        this(Objects.requireNonNull(
                QmpClient.create().address(address).connect().block(PATIENCE)));
    }

    Witness(QmpSession session) {
        this.session = session;
        session.events().subscribe(event -> heard(event.name(), event.data()), e -> {});
    }

    /** Waits for the reply. */
    void execute(QmpCommand command) {
        if (command.name().equals("quit")) {
            // Its reply may get lost; what is left is the end.
            session.quit().block(PATIENCE);
            return;
        }
        reply(command).block(PATIENCE);
    }

    /** Waits for the replies to commands that are sent without waiting for those before. */
    void executeAtOnce(List<QmpCommand> commands) {
        // From the event loop: they go out in one turn of it.
        session.execute("query-name")
                .thenMany(Flux.fromIterable(commands).flatMapSequential(this::reply))
                .blockLast(PATIENCE);
    }

    private Mono<JsonNode> reply(QmpCommand command) {
        return session.execute(command)
                .doOnNext(reply -> lines.add(command.name() + " returns " + comparable(command, ordered(reply))))
                .onErrorResume(ExecuteError.class, error -> {
                    lines.add(command.name() + " fails: " + error.errorClass() + ", " + error.description());
                    return Mono.empty();
                });
    }

    /** Whether it has heard of a job. */
    boolean knowsOfJobs() {
        return jobs.haveBegun();
    }

    /** Waits until it has heard what QEMU has told so far. A QEMU that is about to exit may answer nothing for long. */
    void flush() {
        session.execute("query-name").onErrorComplete().block(PATIENCE);
    }

    /** Waits until a number of events in all have come. */
    void awaitEvents(int count) {
        if (count > 0) {
            try {
                events.asFlux().skip(count - 1L).next().block(PATIENCE);
            } catch (IllegalStateException e) {
                throw new AssertionError("Fewer than " + count + " events: " + lines, e);
            }
        }
    }

    /** Waits until a job has said something in this step. */
    void awaitJob(String event) {
        jobs.await(event, lines);
    }

    /**
     * QEMU reports the end of a device from another thread: before the reply that is due then, or behind it, and so with
     * the event of the reset that removes it. Among other events its place counts.
     */
    void endStep(String command) {
        synchronized (lines) {
            List<String> step = lines.subList(firstOfStep, lines.size());
            int behindReply = step.size();
            while (behindReply > 0 && step.get(behindReply - 1).startsWith("event ")) {
                behindReply--;
            }
            boolean isReset = step.stream().anyMatch(line -> line.startsWith("event RESET"));
            step.subList(0, isReset ? step.size() : behindReply)
                    .sort(Comparator.comparing(line -> line.startsWith("event DEVICE_DELETED")));
            jobs.endStep(command, step);
            firstOfStep = lines.size();
        }
    }

    /** Waits for the end of the session, and closes its connection if it does not end by itself. */
    List<String> finish(boolean endsByItself) {
        Mono<Void> end = endsByItself ? session.onDisconnect() : session.disconnect();
        String how = end.thenReturn("an orderly end")
                .onErrorResume(e -> Mono.just("the end: " + e.getClass().getSimpleName()))
                .block(PATIENCE);
        endStep("");
        List<String> all = new ArrayList<>(lines);
        all.add(endsByItself ? how : "still there");
        return all;
    }

    private void heard(String name, JsonNode data) {
        String told = ordered(data);
        lines.add(
                "event " + name + (data.isEmpty() ? "" : " " + (name.equals("DUMP_COMPLETED") ? ofDump(told) : told)));
        if (JobEvents.isOne(name)) {
            jobs.heard(name, data);
        } else {
            events.tryEmitNext(name).orThrow();
        }
    }

    /** Without the sizes of a machine's ROMs, and of what is under way: all of it or not, counts. */
    private static String ofDump(String text) {
        return text.replaceFirst("\"completed\":\\d+(,\"status\":\"active\")", "\"completed\":N$1")
                .replaceFirst("\"completed\":(\\d{6,})(,.*\"total\":)\\1\\b", "\"completed\":N$2N")
                .replaceFirst("\"total\":\\d{6,}", "\"total\":N");
    }

    /** The order of members means nothing. */
    private static String ordered(JsonNode value) {
        return SORTED.writeValueAsString(value);
    }

    /** Without what is different in every process, and in every release of a version. */
    private static String comparable(QmpCommand command, String reply) {
        return switch (command.name()) {
            case "query-cpus-fast" -> reply.replaceAll("\"thread-id\":\\d{2,}", "\"thread-id\":N");
            case "query-version" ->
                reply.replaceFirst("\"micro\":\\d+", "\"micro\":N")
                        .replaceFirst("\"package\":\"[^\"]*\"", "\"package\":\"P\"");
            // QEMU's order is that of a hash table, which differs between builds.
            case "qom-list" ->
                SORTED.readTree(reply)
                        .valueStream()
                        .map(JsonNode::toString)
                        .sorted()
                        .toList()
                        .toString();
            case "query-jobs", "query-block-jobs" -> JobEvents.comparable(reply);
            case "query-dump" -> ofDump(reply);
            default -> reply;
        };
    }
}
