package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.joined;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Commands that are pending when the session ends")
class PendingAtTheEndTest {

    private static final int COMMANDS = 1000;
    private static final int THREADS = 4;

    /** How many commands each of them executes, at least. */
    private static final int EACH = 100;

    /** How many it does not wait for, so that it is still busy when the session ends. */
    private static final int AHEAD = 16;

    static Stream<Arguments> ends() {
        return Stream.of(7, COMMANDS)
                .flatMap(inFlight -> Stream.of(
                        Arguments.of(inFlight, How.END_OF_FILE, (Consumer<FakeConnection>) FakeConnection::close),
                        Arguments.of(inFlight, How.INSIDE_MESSAGE, (Consumer<FakeConnection>) connection -> {
                            connection.sendText("{\"return\": {\"status\": \"run");
                            connection.close();
                        }),
                        Arguments.of(inFlight, How.RESET, (Consumer<FakeConnection>) FakeConnection::reset)));
    }

    @ParameterizedTest(name = "{1}, {0} in flight")
    @MethodSource("ends")
    @DisplayName("P1 P23 of 1,000 each is interrupted, with an error of its own that tells how the connection ended")
    void thousand(int inFlight, How how, Consumer<FakeConnection> end) {
        try (RunningFakeQmpServer server =
                machine().when("query-status").silent().startTcp()) {
            QmpSession session = connect(client(server).maxInFlight(inFlight));
            FakeConnection connection = server.awaitConnection();
            var errors = Flux.range(0, COMMANDS)
                    .flatMap(n -> session.execute("query-status").materialize(), COMMANDS)
                    .map(signal -> assertInstanceOf(ExecInterruptedError.class, signal.getThrowable()))
                    .collectList()
                    .toFuture();
            joined(connection
                    .commands()
                    .filter(command -> command.name().equals("query-status"))
                    .take(inFlight)
                    .count()
                    .toFuture());
            end.accept(connection);
            List<ExecInterruptedError> interrupted = joined(errors);
            assertEquals(COMMANDS, interrupted.stream().distinct().count());
            assertEquals(
                    inFlight,
                    interrupted.stream().filter(ExecInterruptedError::isWritten).count());
            interrupted.forEach(error -> assertEquals(
                    how,
                    assertInstanceOf(ConnectionLostError.class, error.getCause())
                            .how()));
        }
    }

    @Test
    @DisplayName(
            "P1 threads subscribe while the connection is reset, 50 times: each of 20,000 Monos and more ends, and as it should")
    void subscribersRaceTheEnd() {
        Map<String, Long> outcomes = new TreeMap<>();
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startTcp()) {
            for (int round = 0; round < 50; round++) {
                // With a window most of them are queued, without one all are written.
                QmpSession session = connect(client(server).maxInFlight(round % 2 == 0 ? 7 : 10_000));
                race(session, server.awaitConnection(round)).forEach(one -> outcomes.merge(joined(one), 1L, Long::sum));
                StepVerifier.create(session.onDisconnect()).verifyError(ConnectionLostError.class);
            }
        }
        // Else the race was none.
        assertEquals(Set.of("answered", "interrupted", "refused"), outcomes.keySet());
    }

    /** What becomes of the commands of several threads, one of which resets the connection when it is half through. */
    private static List<CompletableFuture<String>> race(QmpSession session, FakeConnection connection) {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<CompletableFuture<List<CompletableFuture<String>>>> users = new ArrayList<>();
        for (int user = 0; user < THREADS; user++) {
            Runnable atHalf = user == 0 ? connection::reset : () -> {};
            users.add(
                    CompletableFuture.supplyAsync(() -> use(session, start, atHalf), task -> new Thread(task).start()));
        }
        return users.stream().flatMap(user -> joined(user).stream()).toList();
    }

    private static List<CompletableFuture<String>> use(QmpSession session, CyclicBarrier start, Runnable atHalf) {
        List<CompletableFuture<String>> outcomes = new ArrayList<>();
        await(start);
        while (outcomes.size() < EACH || session.state() == SessionState.RUNNING) {
            if (outcomes.size() == EACH / 2) {
                atHalf.run();
            }
            outcomes.add(session.execute("query-status")
                    .map(status -> "answered")
                    .onErrorReturn(ExecInterruptedError.class, "interrupted")
                    .onErrorReturn(StateError.class, "refused")
                    .onErrorResume(e -> Mono.just(e.toString()))
                    .toFuture());
            if (outcomes.size() >= AHEAD) {
                joined(outcomes.get(outcomes.size() - AHEAD));
            }
        }
        return outcomes;
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
