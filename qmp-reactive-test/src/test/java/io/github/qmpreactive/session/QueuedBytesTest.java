package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.CommandQueueFullError.Limit;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("P36 maxQueuedBytes: the bytes of the commands that wait or are unanswered")
class QueuedBytesTest {

    private static final int MIB = 1024 * 1024;

    private static QmpCommand command(int bytes) {
        return QmpCommand.of("slow").arguments(Map.of("x", "x".repeat(bytes)));
    }

    private static CommandQueueFullError refused(Mono<?> command) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        AtomicReference<Throwable> error = new AtomicReference<>();
        StepVerifier.create(command.doOnError(e -> thread.set(Thread.currentThread())))
                .verifyErrorSatisfies(error::set);
        assertEquals(Thread.currentThread(), thread.get());
        return assertInstanceOf(CommandQueueFullError.class, error.get());
    }

    @Test
    @DisplayName("By default 64 MiB: of commands of 30 MiB at a server that never reads the third fails, at once")
    void byDefault() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(server);
            server.awaitConnection().faults().pauseReading();
            Disposable first = session.execute(command(30 * MIB)).subscribe();
            Disposable second = session.execute(command(30 * MIB)).subscribe();
            CommandQueueFullError error = refused(session.execute(command(30 * MIB)));
            assertEquals(Limit.MAX_QUEUED_BYTES, error.limit());
            assertEquals(64L * MIB, error.maxQueuedBytes());
            assertTrue(
                    String.valueOf(error.getMessage()).contains("67108864 bytes (maxQueuedBytes)"), error::getMessage);
            first.dispose();
            second.dispose();
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("Cancelling one that waits frees its bytes; one that was written keeps them until its answer comes")
    void cancelled() {
        try (RunningFakeQmpServer server = machine()
                .when("query-yank")
                .commandNotFound()
                .when("slow")
                .silent()
                .startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueuedBytes(MIB));
            FakeConnection qemu = server.awaitConnection();
            Disposable written = session.execute(command(500_000)).subscribe();
            var slow = qemu.awaitCommand("slow");
            for (int n = 0; n < 10; n++) {
                Disposable waiting = session.execute(command(500_000)).subscribe();
                refused(session.execute(command(500_000)));
                waiting.dispose();
                // Answered behind the cancelling, which takes effect on the event loop.
                await(session.raw("{\"exec-oob\": \"query-yank\", \"id\": 0}", IdPolicy.KEEP));
            }
            written.dispose();
            refused(session.execute(command(900_000)));
            qemu.reply(slow, "{}");
            await(session.execute("query-status"));
            await(session.execute("query-status", Map.of("x", "x".repeat(900_000))));
            assertEquals(1, server.received("slow").size());
        }
    }

    @Test
    @DisplayName("Those out of band count as well")
    void outOfBand() {
        try (RunningFakeQmpServer server =
                machine().when("slow").allowOob().silent().startUnix()) {
            QmpSession session = connect(client(server).maxQueuedBytes(MIB));
            Disposable oob = session.execute(command(800_000).oob()).subscribe();
            assertEquals(
                    Limit.MAX_QUEUED_BYTES,
                    refused(session.execute(command(800_000).oob())).limit());
            refused(session.execute(command(800_000)));
            await(session.execute("query-status"));
            oob.dispose();
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName(
            "What is refused keeps no bytes, nor does what was answered; one that is larger alone is always refused")
    void givenBack() {
        try (RunningFakeQmpServer server = machine().when("slow").reply("{}").startUnix()) {
            QmpSession session =
                    connect(client(server).maxQueued(0).maxInFlight(1).maxQueuedBytes(MIB));
            for (int n = 0; n < 5; n++) {
                refused(session.execute(command(MIB)));
                assertThrows(EncodeError.class, () -> await(session.execute("x", Map.of("lone", "\ud800"))));
                await(session.execute(command(900_000)));
            }
        }
    }

    @Test
    @DisplayName("Too many commands are told apart from too many bytes")
    void whichLimit() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            QmpSession session = connect(client(server).maxInFlight(1).maxQueued(0));
            Disposable first = session.execute("slow").subscribe();
            CommandQueueFullError error = refused(session.execute("slow"));
            assertEquals(Limit.MAX_QUEUED, error.limit());
            assertEquals(0, error.maxQueued());
            first.dispose();
        }
    }

    @Test
    @DisplayName("1 KiB at least, for the handshake; also for agents")
    void range() {
        QmpClient qmp = QmpClient.create();
        assertThrows(IllegalArgumentException.class, () -> qmp.maxQueuedBytes(1023));
        assertThrows(IllegalArgumentException.class, () -> QgaClient.create().maxQueuedBytes(1023));
        try (RunningFakeQmpServer server = Agents.agent().startUnix()) {
            var session = Agents.connect(Agents.client(server).maxQueuedBytes(1024));
            assertEquals(
                    Limit.MAX_QUEUED_BYTES,
                    refused(session.execute("guest-file-write", Map.of("buf-b64", "x".repeat(1024))))
                            .limit());
            await(session.execute("guest-ping"));
        }
    }
}
