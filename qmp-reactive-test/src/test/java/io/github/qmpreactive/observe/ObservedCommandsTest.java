package io.github.qmpreactive.observe;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

@ExtendWith(LeakGuard.class)
@DisplayName("An observer receives each command")
class ObservedCommandsTest {

    private static final Duration LIMIT = Duration.ofMillis(200);

    private static final FakeQmpServer MACHINE = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"status\": \"running\", \"running\": true}")
            .when("stop")
            .error("GenericError", "not today")
            .when("slow")
            .silent();

    private final Minutes minutes = new Minutes();

    private QmpClient client(RunningFakeQmpServer server) {
        return QmpClient.create().address(server.address()).name("vm").observer(minutes);
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    private static void fails(Mono<?> mono) {
        StepVerifier.create(mono).expectError().verify(PATIENCE);
    }

    @Test
    @DisplayName("that is answered, with the context of its subscriber, before the subscriber gets its signal")
    void success() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).connect());
            List<String> seen = new ArrayList<>();
            await(session.execute("query-status")
                    .doOnNext(answer -> seen.addAll(minutes.of("query-status")))
                    .contextWrite(Context.of("key", "value")));
            List<String> all = List.of("started vm value", "written", "released", "SUCCESS sent - -");
            assertEquals(all, seen);
            assertEquals(all, minutes.of("query-status"));
            assertEquals(List.of(), minutes.of("qmp_capabilities"), "the handshake is the session's");
        }
    }

    @Test
    @DisplayName("that QEMU answers with an error, with the error's class, whether or not the whole reply was wanted")
    void error() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).connect());
            fails(session.execute("stop"));
            await(session.raw("{\"execute\": \"stop\"}", IdPolicy.ASSIGN));
            assertEquals(
                    List.of(
                            "started vm -",
                            "written",
                            "released",
                            "ERROR sent GenericError ExecuteError",
                            "started vm -",
                            "written",
                            "released",
                            "ERROR sent GenericError -"),
                    minutes.of("stop"));
        }
    }

    @Test
    @DisplayName("that times out, written or waiting; its place is released when the answer comes, or at once")
    void timeout() {
        try (HeldTimers timers = new HeldTimers();
                RunningFakeQmpServer server = MACHINE.when("next").silent().startTcp()) {
            QmpSession session = await(client(server).maxInFlight(1).connect());
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute(QmpCommand.of("slow").timeout(LIMIT)).toFuture();
            var command = connection.awaitCommand("slow");
            StepVerifier.create(session.execute(QmpCommand.of("next").timeout(LIMIT)))
                    .then(() -> timers.runOut(LIMIT, 2))
                    .expectError()
                    .verify(PATIENCE);
            timers.runOut(LIMIT, 1);
            fails(Mono.fromFuture(slow));
            List<String> soFar = List.of("started vm -", "written", "TIMEOUT sent - ExecTimeoutError");
            assertEquals(soFar, minutes.of("slow"));
            connection.reply(command, "{}");
            await(session.execute("query-status"));
            List<String> all = new ArrayList<>(soFar);
            all.add("released");
            assertEquals(all, minutes.of("slow"));
            assertEquals(List.of("started vm -", "TIMEOUT unsent - ExecTimeoutError", "released"), minutes.of("next"));
        }
    }

    @Test
    @DisplayName("that is cancelled, written or waiting")
    void cancel() {
        try (RunningFakeQmpServer server = MACHINE.when("next").silent().startTcp()) {
            QmpSession session = await(client(server).maxInFlight(1).connect());
            FakeConnection connection = server.awaitConnection();
            Disposable slow = session.execute("slow").subscribe();
            var command = connection.awaitCommand("slow");
            session.execute("next").subscribe().dispose();
            slow.dispose();
            connection.reply(command, "{}");
            await(session.execute("query-status"));
            assertEquals(List.of("started vm -", "CANCELLED unsent - -", "released"), minutes.of("next"));
            assertEquals(List.of("started vm -", "written", "CANCELLED sent - -", "released"), minutes.of("slow"));
        }
    }

    @Test
    @DisplayName("that another thread cancels, on the session's event loop, and releases it last")
    void cancelledElsewhere() {
        QmpObserver threads = new QmpObserver() {
            @Override
            public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
                return new SessionObservation() {
                    @Override
                    public CommandObservation commandStarted(ObservedCommand command, ContextView subscriber) {
                        return command.name().equals("next") ? new CommandThreads() : CommandObservation.NONE;
                    }
                };
            }
        };
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session =
                    await(client(server).observer(threads).maxInFlight(1).connect());
            FakeConnection connection = server.awaitConnection();
            session.execute("slow").subscribe();
            var command = connection.awaitCommand("slow");
            session.execute("next").subscribe().dispose();
            connection.reply(command, "{}");
            String loop = await(session.execute("query-status")
                    .map(status -> Thread.currentThread().getName()));
            assertEquals(List.of("CANCELLED on " + loop, "released on " + loop), List.copyOf(calls));
        }
    }

    private final Queue<String> calls = new ConcurrentLinkedQueue<>();

    private final class CommandThreads implements CommandObservation {

        @Override
        public void ended(CommandEnd end) {
            calls.add(end.outcome() + " on " + Thread.currentThread().getName());
        }

        @Override
        public void released() {
            calls.add("released on " + Thread.currentThread().getName());
        }
    }

    @Test
    @DisplayName("that the end of the session interrupts, written or waiting, before it receives the session's end")
    void disconnected() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).maxInFlight(1).connect());
            FakeConnection connection = server.awaitConnection();
            var slow = session.execute("slow").toFuture();
            connection.awaitCommand("slow");
            List<String> before = new ArrayList<>();
            Mono<?> next = session.execute("query-status").doOnError(e -> before.addAll(minutes.of("session")));
            StepVerifier.create(next).then(connection::close).expectError().verify(PATIENCE);
            fails(Mono.fromFuture(slow));
            assertEquals(
                    List.of("started vm -", "written", "released", "DISCONNECTED sent - ExecInterruptedError"),
                    minutes.of("slow"));
            assertEquals(
                    List.of("started vm -", "released", "DISCONNECTED unsent - ExecInterruptedError"),
                    minutes.of("query-status"));
            fails(session.onDisconnect());
            assertEquals(List.of("opening vm MONITOR -", "connected", "ready"), before);
            assertEquals(
                    List.of("opening vm MONITOR -", "connected", "ready", "ended ConnectionLostError"),
                    minutes.of("session"));
        }
    }

    @Test
    @DisplayName("that the client refuses: a full queue, what cannot be encoded, a session that is over")
    void refused() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session =
                    await(client(server).maxInFlight(1).maxQueued(0).connect());
            Disposable slow = session.execute("slow").subscribe();
            fails(session.execute("full"));
            fails(session.execute("lone", Map.of("a", "\ud800")));
            slow.dispose();
            session.disconnect().block(PATIENCE);
            fails(session.execute("late"));
            assertEquals(
                    List.of("started vm -", "released", "REFUSED unsent - CommandQueueFullError"), minutes.of("full"));
            assertEquals(List.of("started vm -", "released", "REFUSED unsent - StateError"), minutes.of("late"));
            assertEquals(List.of("opening vm MONITOR -", "connected", "ready", "ended -"), minutes.of("session"));
        }
    }

    @Test
    @DisplayName("of the guest agent, and one without a reply succeeds when the agent has gone on")
    void agent() {
        FakeQmpServer agent = FakeQmpServer.guestAgent()
                .when("guest-ping")
                .reply("{}")
                .when("guest-suspend-ram")
                .silent();
        try (RunningFakeQmpServer server = agent.startTcp()) {
            QgaClient client =
                    QgaClient.create().address(server.address()).name("ga").observer(minutes);
            QgaSession session = await(client.connect());
            await(session.execute("guest-ping"));
            session.executeWithoutReply(QmpCommand.of("guest-suspend-ram"), Duration.ofMinutes(1))
                    .block(PATIENCE);
            session.disconnect().block(PATIENCE);
            assertEquals(List.of("started ga -", "written", "released", "SUCCESS sent - -"), minutes.of("guest-ping"));
            assertEquals(
                    List.of("started ga -", "written", "released", "SUCCESS sent - -"),
                    minutes.of("guest-suspend-ram"));
            assertEquals(List.of("opening ga AGENT -", "connected", "ready", "ended -"), minutes.of("session"));
        }
    }

    @Test
    @DisplayName("whose reply cannot be used")
    void unusable() {
        try (RunningFakeQmpServer server = MACHINE.when("query-block")
                .reply("\"" + "x".repeat(2_000) + "\"")
                .startTcp()) {
            QmpSession session = await(client(server).maxMessageSize(1_000).connect());
            fails(session.execute("query-block"));
            assertEquals(
                    List.of("started vm -", "written", "released", "UNUSABLE_REPLY sent - MessageTooLargeError"),
                    minutes.of("query-block"));
        }
    }

    @Test
    @DisplayName("that goes out of band")
    void outOfBand() {
        try (RunningFakeQmpServer server =
                MACHINE.when("yank").allowOob().reply("{}").startTcp()) {
            QmpSession session = await(client(server).connect());
            await(session.execute(QmpCommand.of("yank").oob()));
            assertEquals(List.of("started vm oob -", "written", "released", "SUCCESS sent - -"), minutes.of("yank"));
        }
    }
}
