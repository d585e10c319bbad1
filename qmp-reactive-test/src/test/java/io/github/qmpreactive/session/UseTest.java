package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Agents.agent;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("use: one value of a session that is disconnected on every path")
class UseTest {

    @Test
    @DisplayName("The value comes after the session was disconnected; each subscription has a session of its own")
    void value() {
        try (RunningFakeQmpServer server = machine().withConcurrentClients().startUnix()) {
            Mono<String> status = client(server).use(session -> session.execute("query-status")
                    .map(returned -> returned.path("status").asString()));
            StepVerifier.create(status.repeat(1))
                    .expectNext("running", "running")
                    .verifyComplete();
            server.connections().take(2).concatMap(FakeConnection::closed).blockLast(Clients.PATIENCE);
        }
        try (RunningFakeQmpServer server = agent().startUnix()) {
            StepVerifier.create(Agents.client(server).use(session -> session.execute("guest-ping")))
                    .expectNextCount(1)
                    .verifyComplete();
            server.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("Empty work completes empty; work that fails, fails so; no session fails as connect() does")
    void otherEnds() {
        try (RunningFakeQmpServer server = machine()
                .when("nonsense")
                .commandNotFound()
                .withConcurrentClients()
                .startUnix()) {
            StepVerifier.create(client(server).use(session -> Mono.empty())).verifyComplete();
            StepVerifier.create(client(server).use(session -> session.execute("nonsense")))
                    .verifyErrorSatisfies(e -> assertEquals("nonsense", ((ExecuteError) e).command()));
            server.connections().take(2).concatMap(FakeConnection::closed).blockLast(Clients.PATIENCE);
        }
        StepVerifier.create(QmpClient.create().address("/no/such").use(session -> Mono.empty()))
                .verifyError(ConnectError.class);
    }

    @Test
    @DisplayName("Cancelled, it disconnects")
    void cancelled() {
        try (RunningFakeQmpServer server = machine().when("slow").silent().startUnix()) {
            Disposable work =
                    client(server).use(session -> session.execute("slow")).subscribe();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("slow");
            work.dispose();
            connection.awaitClosed();
        }
    }

    @Test
    @DisplayName("The command of an ExecuteError, in band and out of band")
    void command() {
        try (RunningFakeQmpServer server =
                machine().when("nonsense").commandNotFound().startUnix()) {
            StepVerifier.create(client(server)
                            .use(session ->
                                    session.execute(QmpCommand.of("nonsense").oob())))
                    .verifyErrorSatisfies(e -> assertEquals("nonsense", ((ExecuteError) e).command()));
        }
    }

    @Test
    @DisplayName("address() is what address(String) takes; without one it is refused, and toString() says so")
    void address() {
        QmpClient unix = QmpClient.create().unixSocket(Path.of("/run/vm.sock"));
        assertEquals("unix:/run/vm.sock", unix.address());
        assertEquals("QmpClient[unix:/run/vm.sock]", unix.toString());
        assertEquals("QmpClient[vm, unix:/run/vm.sock]", unix.name("vm").toString());
        assertEquals(
                "unix:/run/vm.sock", QmpClient.create().address(unix.address()).address());
        assertEquals(
                "unix:/a,,b", QmpClient.create().unixSocket(Path.of("/a,b")).address());
        assertEquals("tcp:[::1]:4444", QmpClient.create().tcp("::1", 4444).address());
        assertEquals(
                "tcp:localhost:1", QgaClient.create().address("localhost:1").address());
        assertEquals(
                "QgaClient[vm, tcp:localhost:1]",
                QgaClient.create().address("localhost:1").name("vm").toString());
        assertThrows(IllegalStateException.class, () -> QmpClient.create().address());
        assertThrows(IllegalStateException.class, () -> QgaClient.create().address());
        assertEquals("QmpClient[no address]", QmpClient.create().toString());
    }
}
