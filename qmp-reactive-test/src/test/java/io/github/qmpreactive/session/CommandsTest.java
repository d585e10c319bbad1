package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(LeakGuard.class)
@DisplayName("Commands")
class CommandsTest {

    record DeviceDel(String id) {}

    record Status(String status, boolean running) {}

    record Throttle(String device, Integer iopsTotal) {}

    @Test
    @DisplayName("C4 C19 C20 a command is compact UTF-8 with execute, arguments and id, and a newline")
    void onTheWire() {
        try (RunningFakeQmpServer server =
                machine().when("device_del").reply("{}").startTcp()) {
            QmpSession session = connect(server);
            await(session.execute("query-status"));
            await(session.execute("device_del", Map.of("id", "Größe \uD83D\uDE00")));
            String[] lines = new String(server.awaitConnection().receivedBytes(), StandardCharsets.UTF_8).split("\n");
            String own =
                    server.received().get(0).id().orElseThrow().stringValue().substring(0, 4);
            assertEquals("{\"execute\":\"query-status\",\"id\":\"" + own + "1\"}", lines[1]);
            assertEquals(
                    "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"Größe \uD83D\uDE00\"},\"id\":\"" + own
                            + "2\"}",
                    lines[2]);
        }
    }

    @Test
    @DisplayName("Arguments are a Map, JSON, a record or a prebuilt command, and are not modified")
    void arguments() {
        try (RunningFakeQmpServer server =
                machine().when("device_del").reply("{}").startTcp()) {
            QmpSession session = connect(server);
            var json = JsonMapper.shared().createObjectNode().put("id", "usb0");
            QmpCommand command = QmpCommand.of("device_del").arguments(json);
            await(session.execute("device_del", Map.of("id", "usb0")));
            await(session.execute("device_del", json));
            await(session.execute("device_del", new DeviceDel("usb0")));
            await(session.execute(command));
            for (ReceivedCommand received : server.received("device_del")) {
                assertEquals("{\"id\":\"usb0\"}", received.arguments().toString());
            }
            assertEquals(4, server.received("device_del").size());
            assertEquals("{\"id\":\"usb0\"}", json.toString());
            assertFalse(command.json().has("id"));
        }
    }

    @Test
    @DisplayName("The client's mapper converts users' classes, in both directions")
    void usersMapper() {
        JsonMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .build();
        try (RunningFakeQmpServer server = machine()
                .when("throttle")
                .reply("{\"device\": \"d\", \"iops-total\": 5}")
                .startTcp()) {
            QmpSession session = connect(client(server).jsonMapper(mapper));
            await(session.execute("throttle", new Throttle("d", 7)));
            assertEquals(
                    "{\"device\":\"d\",\"iops-total\":7}",
                    server.received("throttle").get(0).arguments().toString());
            assertEquals(new Throttle("d", 5), await(session.execute(QmpCommand.of("throttle"), Throttle.class)));
        }
    }

    @Test
    @DisplayName("Members of a record that are null are not sent")
    void nullMembers() {
        try (RunningFakeQmpServer server =
                machine().when("throttle").reply("{}").startTcp()) {
            await(connect(server).execute("throttle", new Throttle("d", null)));
            assertEquals(
                    "{\"device\":\"d\"}",
                    server.received("throttle").get(0).arguments().toString());
        }
    }

    @Test
    @DisplayName("Results are converted to classes and generic types; one that does not fit is a ResultTypeError")
    void conversion() {
        try (RunningFakeQmpServer server = machine()
                .when("list")
                .reply("[{\"status\": \"a\", \"running\": false}]")
                .when("nothing")
                .reply("null")
                .startTcp()) {
            QmpSession session = connect(server);
            assertEquals(
                    new Status("running", true), await(session.execute(QmpCommand.of("query-status"), Status.class)));
            assertEquals(
                    List.of(new Status("a", false)),
                    await(session.execute(QmpCommand.of("list"), new TypeReference<List<Status>>() {})));
            StepVerifier.create(session.execute(QmpCommand.of("list"), Status.class))
                    .verifyErrorSatisfies(e -> {
                        ResultTypeError error = assertInstanceOf(ResultTypeError.class, e);
                        assertTrue(error.result().isArray());
                        assertTrue(String.valueOf(error.getMessage()).contains("list"));
                    });
            StepVerifier.create(session.execute(QmpCommand.of("nothing"), Status.class))
                    .verifyError(ResultTypeError.class);
            // A conversion that fails hurts nothing else.
            await(session.execute("query-status"));
        }
    }

    @Test
    @DisplayName("C30 what QEMU's parser would refuse is refused before it is sent, and the session goes on")
    void unsendable() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute("x", Map.of("a", "\uD800"))).verifyError(EncodeError.class);
            StepVerifier.create(session.execute("x", List.of(1))).verifyError(EncodeError.class);
            StepVerifier.create(session.execute("x", "text")).verifyErrorSatisfies(e -> {
                assertInstanceOf(EncodeError.class, e);
                assertTrue(String.valueOf(e.getMessage()).startsWith("[vm] "), e::getMessage);
            });
            await(session.execute("query-status"));
            assertEquals(2, server.received().size());
        }
    }

    @Test
    @DisplayName("Nothing is sent before subscribe, and each subscription sends")
    void cold() {
        try (RunningFakeQmpServer server =
                machine().when("other").commandNotFound().startTcp()) {
            QmpSession session = connect(server);
            Mono<JsonNode> command = session.execute("query-status");
            await(session.execute("other").onErrorReturn(JsonMapper.shared().createObjectNode()));
            assertEquals(0, server.received("query-status").size());
            await(command);
            await(command);
            assertEquals(2, server.received("query-status").size());
        }
    }

    @Test
    @DisplayName("P3 repeat and retry send with a new id each time")
    void newIdPerSubscription() {
        try (RunningFakeQmpServer server = machine()
                .when("flaky")
                .answer(Answer.error("GenericError", "no"), Answer.error("GenericError", "no"), Answer.reply("{}"))
                .startTcp()) {
            QmpSession session = connect(server);
            await(session.execute("query-status").repeat(2).then(Mono.just(1)));
            await(session.execute("flaky").retry(2));
            var ids = server.received().stream().map(c -> c.id().orElseThrow()).toList();
            assertEquals(7, ids.size());
            assertEquals(7, ids.stream().distinct().count());
        }
    }

    @Test
    @DisplayName("C23 C24 replies are matched by id, in whichever order they come")
    void repliesInAnyOrder() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(server);
            List<java.util.concurrent.CompletableFuture<JsonNode>> results = IntStream.range(0, 5)
                    .mapToObj(n -> session.execute("slow", Map.of("n", n)).toFuture())
                    .toList();
            FakeConnection connection = server.awaitConnection();
            List<ReceivedCommand> received = new ArrayList<>(await(connection
                    .commands()
                    .filter(c -> c.name().equals("slow"))
                    .take(5)
                    .collectList()));
            java.util.Collections.reverse(received);
            received.forEach(c -> connection.reply(c, c.arguments().path("n").toString()));
            for (int n = 0; n < 5; n++) {
                assertEquals(n, results.get(n).join().intValue());
            }
        }
    }

    @Test
    @DisplayName("C25 P11 at most 7 commands in band are in flight; cancelling frees no place, an answer does")
    void window() {
        try (RunningFakeQmpServer server = machine()
                .when("slow")
                .silent()
                .when("yank")
                .allowOob()
                .reply("{}")
                .startTcp()) {
            QmpSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            var seven = Flux.range(0, 7).flatMap(n -> session.execute("slow")).subscribe();
            await(connection
                    .commands()
                    .filter(c -> c.name().equals("slow"))
                    .take(7)
                    .count());
            seven.dispose();
            var eighth = session.execute("query-status").toFuture();
            // Out of band commands do not wait, and show that the eighth in band has not been written.
            await(session.execute(QmpCommand.of("yank").oob()));
            assertEquals(0, server.received("query-status").size());
            assertTrue(server.received("yank").get(0).isOob());
            connection.reply(connection.received("slow").get(0), "{}");
            assertEquals("running", joined(eighth).path("status").stringValue());
        }
    }

    @Test
    @DisplayName("C25 maxInFlight sets the window, and those that wait are written in order")
    void windowSize() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(1));
            FakeConnection connection = server.awaitConnection();
            List<Integer> answered = new ArrayList<>();
            var all = Flux.range(0, 4)
                    .flatMap(n -> session.execute("slow", Map.of("n", n)))
                    .doOnNext(result -> answered.add(result.intValue()))
                    .then()
                    .toFuture();
            for (int n = 0; n < 4; n++) {
                ReceivedCommand command = await(connection
                        .commands()
                        .filter(c -> c.name().equals("slow"))
                        .skip(n)
                        .next());
                assertEquals(n + 1, server.received("slow").size());
                connection.reply(command, command.arguments().path("n").toString());
            }
            joined(all);
            assertEquals(List.of(0, 1, 2, 3), answered);
        }
    }

    @Test
    @DisplayName("C26 the server's error for a command that cannot run out of band passes through")
    void oobNotAllowed() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            StepVerifier.create(connect(server)
                            .execute(QmpCommand.of("query-status").oob()))
                    .verifyErrorSatisfies(e -> {
                        ExecuteError error = assertInstanceOf(ExecuteError.class, e);
                        assertEquals("GenericError", error.errorClass());
                        assertTrue(error.sent().has("exec-oob"));
                    });
        }
    }

    @Test
    @DisplayName("C14 out of band without the capability is refused, and nothing is sent")
    void oobNotEnabled() {
        try (RunningFakeQmpServer server = machine().withCapabilities().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute(QmpCommand.of("yank").oob())).verifyErrorSatisfies(e -> {
                assertInstanceOf(EncodeError.class, e);
                assertTrue(String.valueOf(e.getMessage()).contains("oob is not enabled"), e::getMessage);
            });
            await(session.execute("query-status"));
            assertEquals(0, server.received("yank").size());
        }
    }

    @Test
    @DisplayName("A blank name of a command is refused when subscribed to")
    void blankName() {
        try (RunningFakeQmpServer server = machine().startTcp()) {
            QmpSession session = connect(server);
            StepVerifier.create(session.execute(" ")).verifyError(EncodeError.class);
            StepVerifier.create(session.execute("", Map.of())).verifyError(EncodeError.class);
        }
    }
}
