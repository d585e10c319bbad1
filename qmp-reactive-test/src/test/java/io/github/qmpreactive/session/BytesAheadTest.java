package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Bytes that a connection has read before its session")
class BytesAheadTest {

    static final String NO_JSON = "SSH-2.0-OpenSSH\r\n";

    /** What has come before there is a session, and what comes once it reads. */
    private enum Ahead {
        NOTHING("", Dialer.GREETING),
        HALF_A_MESSAGE(Dialer.GREETING.substring(0, 30), Dialer.GREETING.substring(30)),
        MESSAGE(Dialer.GREETING, ""),
        MESSAGE_AND_EVENT(Dialer.GREETING + "{\"event\": \"EARLY\"}\r\n", ""),
        MESSAGE_AND_GARBAGE(Dialer.GREETING + NO_JSON, ""),
        GARBAGE(NO_JSON, ""),
        NO_GREETING("{\"returned\": {}}\r\n", ""),
        EOF("", ""),
        MESSAGE_AND_EOF(Dialer.GREETING, "");

        final String before;
        final String after;

        Ahead(String before, String after) {
            this.before = before;
            this.after = after;
        }

        boolean isEnd() {
            return this == EOF || this == MESSAGE_AND_EOF;
        }
    }

    private static RunningFakeQmpServer monitor(HandshakeMode mode) {
        FakeQmpServer silent = Clients.machine().withoutGreeting();
        return (mode == HandshakeMode.FULL ? silent : silent.withoutNegotiation()).startTcp();
    }

    /** A connection that has read what came ahead; Reactor Netty keeps it. */
    private static Connection ahead(RunningFakeQmpServer server, Ahead ahead) {
        Connection connection = Tunnels.open(server.address());
        FakeConnection peer = server.awaitConnection();
        ReadCount reads = new ReadCount();
        connection.addHandlerFirst(reads);
        connection.channel().config().setAutoRead(true);
        if (!ahead.before.isEmpty()) {
            peer.sendText(ahead.before);
            reads.await((int) ahead.before.lines().count());
        }
        if (ahead.isEnd()) {
            peer.close();
            connection.channel().closeFuture().awaitUninterruptibly(Clients.PATIENCE.toMillis());
        }
        return connection;
    }

    private static <T> Mono<T> opening(RunningFakeQmpServer server, Ahead ahead, Mono<T> connect) {
        return connect.doOnSubscribe(s -> {
            if (!ahead.after.isEmpty()) {
                server.awaitConnection().sendText(ahead.after);
            }
        });
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "FULL, NOTHING, session",
        "FULL, HALF_A_MESSAGE, session",
        "FULL, MESSAGE, session",
        "FULL, MESSAGE_AND_EVENT, session",
        "FULL, MESSAGE_AND_GARBAGE, malformed",
        "FULL, GARBAGE, malformed",
        "FULL, NO_GREETING, greeting",
        "FULL, EOF, closed",
        "FULL, MESSAGE_AND_EOF, closed",
        "GREETING_ONLY, NOTHING, session",
        "GREETING_ONLY, HALF_A_MESSAGE, session",
        "GREETING_ONLY, MESSAGE, session",
        "GREETING_ONLY, MESSAGE_AND_EVENT, session",
        "GREETING_ONLY, MESSAGE_AND_GARBAGE, malformed",
        "GREETING_ONLY, GARBAGE, malformed",
        "GREETING_ONLY, NO_GREETING, greeting",
        "GREETING_ONLY, EOF, closed",
        "GREETING_ONLY, MESSAGE_AND_EOF, closed",
        "NONE, NOTHING, session",
        "NONE, HALF_A_MESSAGE, session",
        "NONE, MESSAGE, session",
        "NONE, MESSAGE_AND_EVENT, session",
        "NONE, MESSAGE_AND_GARBAGE, malformed",
        "NONE, GARBAGE, malformed",
        "NONE, NO_GREETING, session",
        "NONE, EOF, closed",
        "NONE, MESSAGE_AND_EOF, closed"
    })
    @DisplayName("A monitor: a session that runs, or an error that names the cause")
    void monitors(HandshakeMode mode, Ahead ahead, String outcome) {
        try (RunningFakeQmpServer server = monitor(mode)) {
            Connection connection = ahead(server, ahead);
            Mono<QmpSession> connect = QmpClient.create()
                    .name("vm")
                    .handshake(mode)
                    .handshakeTimeout(Clients.PATIENCE)
                    .connect(connection);
            if (outcome.equals("session")) {
                QmpSession session = await(opening(server, ahead, connect));
                assertEquals(SessionState.RUNNING, session.state());
                assertTrue(
                        await(session.execute("query-status")).path("running").asBoolean());
                finish(session.disconnect());
            } else {
                fails(connect, outcome);
                server.awaitConnection().awaitClosed();
            }
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "NOTHING, session",
        "HALF_A_MESSAGE, session",
        "MESSAGE, session",
        "MESSAGE_AND_EVENT, session",
        "MESSAGE_AND_GARBAGE, session",
        "GARBAGE, session",
        "NO_GREETING, session",
        "EOF, closed",
        "MESSAGE_AND_EOF, closed"
    })
    @DisplayName("C49 An agent: what others left behind is skipped, whatever it is")
    void agents(Ahead ahead, String outcome) {
        try (RunningFakeQmpServer server = FakeQmpServer.guestAgent().startTcp()) {
            Connection connection = ahead(server, ahead);
            Mono<QgaSession> connect = QgaClient.create()
                    .name("vm")
                    .handshakeTimeout(Clients.PATIENCE)
                    .connect(connection);
            if (outcome.equals("session")) {
                QgaSession session = await(opening(server, ahead, connect));
                await(session.execute("guest-ping"));
                finish(session.disconnect());
            } else {
                fails(connect, outcome);
            }
        }
    }

    private static void fails(Mono<?> connect, String outcome) {
        StepVerifier.create(connect).verifyErrorSatisfies(e -> {
            QmpError error = assertInstanceOf(QmpError.class, e);
            switch (outcome) {
                case "malformed" -> assertInstanceOf(MalformedMessageError.class, error);
                case "greeting" -> assertInstanceOf(GreetingError.class, error);
                default -> {
                    assertEquals(
                            Reason.CLOSED,
                            assertInstanceOf(ConnectError.class, error).reason());
                }
            }
        });
    }
}
