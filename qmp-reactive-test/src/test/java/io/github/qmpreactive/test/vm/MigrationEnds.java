package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Patience;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Two machines, real or fake, between which a guest moves, and what each tells: events and replies in one order each. */
final class MigrationEnds implements AutoCloseable {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private static final String BROKEN_PIPE = "Failed to flush QEMUFile: Unable to write to socket: Broken pipe";

    /** What one of them has told. */
    private final class End {

        private final QmpSession session;
        private final List<String> events = new CopyOnWriteArrayList<>();
        private final List<String> replies = new ArrayList<>();
        private final AtomicBoolean hasEnded = new AtomicBoolean();

        End(String address) {
            session = Objects.requireNonNull(
                    QmpClient.create().address(address).connect().block(PATIENCE));
            session.events().subscribe(this::add, lost -> hasEnded.set(true), () -> hasEnded.set(true));
        }

        /** How many passes there are depends on what the guest has written meanwhile. */
        private void add(QmpEvent event) {
            int pass = event.data().path("pass").asInt(1);
            if (pass == 1) {
                events.add((event.name() + " " + event.data().path("status").asString("")).strip());
            }
        }

        private void send(String line) {
            int space = line.indexOf(' ');
            String name = space < 0 ? line : line.substring(0, space);
            QmpCommand command = QmpCommand.of(name);
            if (space > 0) {
                command = command.arguments(JSON.readValue(
                        line.substring(space).replace('\'', '"').replace("@", folder), ObjectNode.class));
            }
            replies.add(line + ": " + reply(command).replace(folder, "@"));
        }

        private String reply(QmpCommand command) {
            return Objects.requireNonNull(session.execute(command)
                    .map(reply -> MigrationEnds.this.told(command, reply))
                    .onErrorResume(
                            ExecuteError.class, error -> Mono.just(error.errorClass() + ", " + error.description()))
                    .block(PATIENCE));
        }

        /**
         * A migration that is cancelled before its switch goes on to that for a moment at times: QEMU wakes its thread, and only
         * then says that it is cancelled.
         */
        private List<String> eventsOfNoChance() {
            List<String> some = new ArrayList<>();
            for (int i = 0; i < events.size(); i++) {
                if (!isSwitchOfCancelled(i)) {
                    some.add(events.get(i));
                }
            }
            return some;
        }

        private boolean isSwitchOfCancelled(int i) {
            return events.get(i).equals("MIGRATION device")
                    && i + 1 < events.size()
                    && events.get(i + 1).equals("MIGRATION cancelling");
        }

        private void await(String event) {
            Patience.until(() -> events.contains(event), () -> "No " + event + " among " + events);
        }

        private void awaitCompleted(int times) {
            Patience.until(
                    () -> Collections.frequency(events, "MIGRATION completed") == times,
                    () -> "Not completed " + times + " times: " + events);
        }

        private void awaitState(String state) {
            Patience.until(
                    () -> reply(QmpCommand.of("query-status")).contains("\"status\":\"" + state + '"'),
                    () -> "Not " + state + " after " + events);
        }
    }

    private final String folder;
    private final End source;
    private final End destination;

    MigrationEnds(String folder, String source, String destination) {
        this.folder = folder;
        this.source = new End(source);
        this.destination = new End(destination);
    }

    /**
     * What is measured differs from run to run; which members there are does not. How the source learns of a destination that
     * fails is chance: by the return path, or by a write that fails.
     */
    private String told(QmpCommand command, JsonNode reply) {
        String text = JSON.writeValueAsString(reply);
        return command.name().equals("query-migrate")
                ? text.replaceAll(":-?\\d[\\d.E+-]*", ":0").replace(BROKEN_PIPE, "Sibling indicated error 1")
                : text;
    }

    /** Commands to the source. */
    MigrationEnds source(String... lines) {
        List.of(lines).forEach(source::send);
        return this;
    }

    /** Commands to the destination. */
    MigrationEnds destination(String... lines) {
        List.of(lines).forEach(destination::send);
        return this;
    }

    /** Waits for a status of the source, and of the destination. */
    MigrationEnds await(String atSource, String atDestination) {
        source.await("MIGRATION " + atSource);
        if (!atDestination.isEmpty()) {
            destination.await("MIGRATION " + atDestination);
        }
        return this;
    }

    /** Waits until as many migrations of the source have completed: its run state is the same before and after another. */
    MigrationEnds awaitCompleted(int times) {
        source.awaitCompleted(times);
        return this;
    }

    /** Waits until the source is in a run state: QEMU reports the end of a migration before. */
    MigrationEnds awaitState(String state) {
        source.awaitState(state);
        return this;
    }

    /** Waits until the guest runs at the destination: without a return path the source does not wait for that. */
    MigrationEnds awaitResume() {
        destination.await("RESUME");
        return this;
    }

    /** Waits until the destination has exited. */
    MigrationEnds awaitExit() {
        Patience.until(destination.hasEnded::get, () -> "The destination lives on after " + destination.events);
        return this;
    }

    List<String> told() {
        List<String> all = new ArrayList<>();
        for (End end : List.of(source, destination)) {
            all.add("--");
            all.addAll(end.eventsOfNoChance());
            all.addAll(end.replies);
        }
        return all;
    }

    @Override
    public void close() {
        source.session.disconnect().block(PATIENCE);
        destination.session.disconnect().block(PATIENCE);
    }
}
