package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** With one command in flight and one that waits there are two places; each test comes back to two. */
@ExtendWith(LeakGuard.class)
@DisplayName("Places in the queue of commands")
class PlacesTest {

    private static final String TAKEN = "{\"execute\": \"query-block\", \"id\": \"taken\"}";

    @Test
    @DisplayName("What cannot be encoded takes none")
    void encodeError() {
        try (RunningFakeQmpServer server =
                machine().when("query-block").silent().startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(1));
            for (int n = 0; n < 3; n++) {
                assertThrows(EncodeError.class, () -> await(session.execute("x", Map.of("lone", "\ud800"))));
            }
            assertTwo(session, server.awaitConnection());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName(
            "What is refused because its id is in use takes none, and what was cancelled before gives its own back")
    void idInUse() {
        try (RunningFakeQmpServer server = machine()
                .when("query-yank")
                .commandNotFound()
                .when("query-block")
                .silent()
                .startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(1));
            FakeConnection qemu = server.awaitConnection();
            CompletableFuture<?> first = session.raw(TAKEN, IdPolicy.KEEP).toFuture();
            var written = qemu.awaitCommand("query-block");
            for (int n = 0; n < 3; n++) {
                assertThrows(EncodeError.class, () -> await(session.raw(TAKEN, IdPolicy.KEEP)));
                session.execute("query-block").subscribe(r -> {}, e -> {}).dispose();
                // Answered behind the cancelling.
                await(session.raw("{\"exec-oob\": \"query-yank\", \"id\": 0}", IdPolicy.KEEP));
            }
            qemu.reply(written, "1");
            joined(first);
            assertTwo(session, qemu);
            finish(session.disconnect());
        }
    }

    /** Two commands are taken, a third is not; when the first is answered there is a place again. */
    private static void assertTwo(QmpSession session, FakeConnection qemu) {
        CompletableFuture<JsonNode> first = session.execute("query-block").toFuture();
        CompletableFuture<JsonNode> second =
                session.execute("query-block", Map.of("n", 2)).toFuture();
        assertThrows(CommandQueueFullError.class, () -> await(session.execute("query-status")));
        qemu.commands()
                .filter(command ->
                        command.name().equals("query-block") && command.id().isPresent())
                .filter(command -> !command.raw().path("id").asString("").equals("taken"))
                .take(2)
                .doOnNext(command -> qemu.reply(command, "\"done\""))
                .blockLast(Clients.PATIENCE);
        assertEquals("done", joined(first).stringValue());
        assertEquals("done", joined(second).stringValue());
        assertEquals(
                "running", await(session.execute("query-status")).path("status").stringValue());
    }
}
