package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.client;
import static io.github.qmpreactive.session.Agents.connect;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.observe.CommandObservation;
import io.github.qmpreactive.observe.ObservedCommand;
import io.github.qmpreactive.observe.SessionObservation;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;

/** The agent runs on this computer, so it is asked for nothing that changes anything. */
@Qemu(binary = QemuBinary.GUEST_AGENT)
@ExtendWith(LeakGuard.class)
@DisplayName("A session with the real guest agent")
class QemuAgentTest {

    private QemuProcess agent;

    @BeforeEach
    void start(QemuProcess process) {
        agent = Objects.requireNonNull(process);
    }

    record OsInfo(String id, String machine) {}

    /** A client that says something, and goes when the agent has closed the connection; one that resets it makes qemu-ga end. */
    private void leaveBehind(String text) throws IOException {
        var path = UnixDomainSocketAddress.of(agent.address().substring("unix:".length()));
        try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.connect(path);
            other.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            other.shutdownOutput();
            ByteBuffer answers = ByteBuffer.allocate(1 << 16);
            while (other.read(answers) >= 0) {
                answers.clear();
            }
        }
    }

    @Test
    @DisplayName("C48 C49 guest-ping, guest-info, guest-get-osinfo")
    void commands() {
        QgaSession session = connect(client(agent));
        assertEquals("{}", await(session.execute("guest-ping")).toString());
        JsonNode info = await(session.execute("guest-info"));
        assertTrue(info.path("version").isString());
        assertTrue(StreamSupport.stream(info.path("supported_commands").spliterator(), false)
                .filter(c -> c.path("name").asString("").equals("guest-shutdown"))
                .noneMatch(c -> c.path("enabled").booleanValue()));
        OsInfo os = await(session.execute(QmpCommand.of("guest-get-osinfo"), OsInfo.class));
        assertFalse(os.machine().isEmpty());
        finish(session.disconnect());
        finish(session.onDisconnect());
    }

    @Test
    @DisplayName("C52 1,000 commands at once are run one after the other, each with its own answer")
    void manyCommands() {
        Long right = client(agent)
                .withSession(session -> Flux.range(0, 1000)
                        .flatMap(
                                n -> session.execute("guest-sync", Map.of("id", n))
                                        .filter(echo -> echo.intValue() == n),
                                1000))
                .count()
                .block(Clients.PATIENCE);
        assertEquals(1000, right);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"execute\": \"guest-ping\", \"argu",
                "{\"execute\": \"guest-pi",
                "{\"execute\": \"guest-info\", \"id\": \"#0\"}\n",
                "\u00ff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": 1}}",
                "hello {}[\u0001"
            })
    @DisplayName("C49 what a client before left behind is survived: half a command, half a string, garbage")
    void leftBehind(String text) throws IOException {
        for (int i = 0; i < 20; i++) {
            leaveBehind(text);
            String ping = client(agent)
                    .withSession(session -> session.execute("guest-ping"))
                    .blockLast(Clients.PATIENCE)
                    .toString();
            assertEquals("{}", ping);
        }
    }

    @Test
    @DisplayName("C49 an agent that has stopped: a timeout; once it goes on, the late reply is not taken for another's")
    void resync() {
        QgaSession session =
                connect(client(agent).commandTimeout(Duration.ofMillis(300)).name("vm"));
        agent.suspend();
        var written = session.execute("guest-info")
                .retryWhen(Retry.indefinitely().filter(e -> e instanceof ExecTimeoutError late && !late.isWritten()));
        StepVerifier.create(written)
                .verifyErrorSatisfies(e ->
                        assertTrue(assertInstanceOf(ExecTimeoutError.class, e).isWritten()));
        var next = session.execute("guest-ping")
                .retryWhen(Retry.indefinitely().filter(ExecTimeoutError.class::isInstance))
                .toFuture();
        agent.resume();
        assertEquals("{}", joined(next).toString());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C50 guest-sync as a command answers the number it was given, right after a timeout too")
    void sync() {
        QgaSession session = connect(client(agent).commandTimeout(Duration.ofMillis(300)));
        QmpCommand first = QmpCommand.of("guest-sync").arguments(Map.of("id", 1_234_567));
        QmpCommand second = QmpCommand.of("guest-sync").arguments(Map.of("id", 7_654_321));
        Retry untilInTime = Retry.indefinitely().filter(ExecTimeoutError.class::isInstance);
        assertEquals(
                1_234_567, await(session.execute(first).retryWhen(untilInTime)).intValue());
        agent.suspend();
        StepVerifier.create(session.execute(first)).verifyError(ExecTimeoutError.class);
        var next = session.execute(second).retryWhen(untilInTime).toFuture();
        agent.resume();
        assertEquals(7_654_321, joined(next).intValue());
        finish(session.disconnect());
    }

    @Test
    @DisplayName("C49 a second client is not served: ConnectError with NO_SYNC_REPLY; when the first has gone, it is")
    void silent() {
        QgaSession first = connect(client(agent));
        var impatient = client(agent).handshakeTimeout(Duration.ofMillis(200));
        StepVerifier.create(impatient.connect())
                .verifyErrorSatisfies(e -> assertEquals(
                        ConnectError.Reason.NO_SYNC_REPLY,
                        assertInstanceOf(ConnectError.class, e).reason()));
        await(first.execute("guest-ping"));
        finish(first.disconnect());
        await(connect(client(agent)).execute("guest-ping"));
    }

    @Test
    @DisplayName("C51 a command that the agent refuses: an ExecuteError, also where no reply is expected")
    void refused() {
        QgaSession session = connect(client(agent));
        StepVerifier.create(session.execute("guest-no-such-command"))
                .verifyErrorSatisfies(e -> assertEquals(
                        "CommandNotFound",
                        assertInstanceOf(ExecuteError.class, e).errorClass()));
        StepVerifier.create(session.executeWithoutReply(QmpCommand.of("guest-no-such-command")))
                .verifyError(ExecuteError.class);
        finish(session.executeWithoutReply(QmpCommand.of("guest-ping")));
        await(session.execute("guest-ping"));
        finish(session.disconnect());
    }

    private static SessionObservation whenWritten(String name, CompletableFuture<Void> written) {
        return new SessionObservation() {
            @Override
            public CommandObservation commandStarted(ObservedCommand command, ContextView context) {
                return new CommandObservation() {
                    @Override
                    public void written() {
                        if (command.name().equals(name)) {
                            written.complete(null);
                        }
                    }
                };
            }
        };
    }

    @Test
    @DisplayName("An agent that is killed interrupts what is pending")
    void killed() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        QgaSession session = connect(client(agent).observer((opened, context) -> whenWritten("guest-info", written)));
        agent.suspend();
        var pending = Flux.range(0, 3)
                .flatMap(n -> session.execute("guest-info").materialize())
                .map(signal -> assertInstanceOf(ExecInterruptedError.class, signal.getThrowable()))
                .map(ExecInterruptedError::isWritten)
                .collectList()
                .toFuture();
        joined(written);
        agent.kill();
        assertEquals(List.of(true, false, false), joined(pending));
        StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
        StepVerifier.create(client(agent).connect())
                .verifyErrorSatisfies(e -> assertTrue(
                        assertInstanceOf(ConnectError.class, e).reason().isTemporary()));
    }
}
