package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.JsonNodeFactory;

@ExtendWith(LeakGuard.class)
@DisplayName("Waiting for a fake")
class FakeWaitingTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final FakeQmpServer FAKE =
            FakeQmpServer.create().whenAny().reply("{}").withoutNegotiation();

    private static String failure(Executable task) {
        return String.valueOf(assertThrows(AssertionError.class, task).getMessage());
    }

    private static void send(RunningFakeQmpServer server, int count) throws Exception {
        try (RawClient client = RawClient.connect(server.address())) {
            client.line();
            for (int n = 0; n < count; n++) {
                client.send("{\"execute\":\"c" + n + "\"}");
                client.line();
            }
        }
    }

    @Test
    @DisplayName("in vain tells how long, for what, and what came in place of it")
    void inVain() throws Exception {
        try (RunningFakeQmpServer server = FAKE.startUnix();
                RawClient client = RawClient.connect(server.address())) {
            FakeConnection connection = server.awaitConnection();
            assertEquals(
                    "Waited PT0.05S for x on connection 0; nothing was received",
                    failure(() -> connection.awaitCommand("x", SHORT)));
            client.send("{\"execute\":\"y\",\"arguments\":{\"id\":\"usb0\"}}");
            connection.awaitCommand("y");
            assertEquals("""
                    Waited PT0.05S for x on connection 0; this was received:
                      {"execute":"y","arguments":{"id":"usb0"}}""", failure(() -> connection.awaitCommand("x", SHORT)));
        }
    }

    @Test
    @DisplayName("in vain tells the last commands where there were many, also when no more can come")
    void many() throws Exception {
        try (RunningFakeQmpServer server = FAKE.startUnix()) {
            send(server, 25);
            FakeConnection connection = server.awaitConnection();
            connection.awaitClosed();
            String expected = "Waited for x on connection 0, which will not come; this was received, behind 5 other"
                    + " commands:";
            String last = IntStream.range(5, 25)
                    .mapToObj(n -> "\n  {\"execute\":\"c" + n + "\"}")
                    .reduce("", String::concat);
            assertEquals(expected + last, failure(() -> connection.awaitCommand("x")));
        }
    }

    @Test
    @DisplayName("is for a command on any connection")
    void anyConnection() throws Exception {
        RunningFakeQmpServer server = FAKE.startUnix();
        send(server, 1);
        send(server, 2);
        assertEquals("c1", server.awaitCommand("c1").name());
        server.close();
        assertTrue(failure(() -> server.awaitCommand("c2"))
                .startsWith("Waited for c2 on any connection, which will not come; this was received:\n"));
    }

    @Test
    @DisplayName("is over when the command was seen to: a clock that is advanced then counts for its delay")
    void seenTo() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicBoolean answered = new AtomicBoolean();
        FakeQmpServer slow = FAKE.whenAny().reply(command -> {
            answered.set(!uninterrupted(() -> never.await(100, TimeUnit.MILLISECONDS)));
            return JsonNodeFactory.instance.objectNode();
        });
        try (RunningFakeQmpServer server = slow.startUnix();
                RawClient client = RawClient.connect(server.address())) {
            client.send("{\"execute\":\"x\"}");
            server.awaitCommand("x");
            assertTrue(answered.get());
        }
    }

    private static boolean uninterrupted(Callable<Boolean> task) {
        try {
            return task.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("on a thread that must not block is no timeout, but a mistake that is told as such")
    void nonBlocking() {
        RunningFakeQmpServer server = FakeQmpServer.create()
                .script(QmpScript.create().expect("x").reply("{}"))
                .startUnix();
        Executable[] waits = {server::awaitConnection, () -> server.awaitCommand("x"), server::verifyScript};
        for (Executable wait : waits) {
            Mono<Object> waiting = Mono.<Object>fromCallable(() -> {
                        try {
                            wait.execute();
                        } catch (Throwable e) {
                            return e;
                        }
                        return "";
                    })
                    .subscribeOn(Schedulers.parallel());
            assertEquals(IllegalStateException.class, waiting.block(PATIENCE).getClass());
        }
        assertThrows(AssertionError.class, server::close);
    }

    @Test
    @DisplayName("to start fails at once with what is wrong: TLS on a UNIX socket, a client's context to listen")
    void tls() throws Exception {
        SslContext context = SslContextBuilder.forClient().build();
        FakeQmpServer secure = FakeQmpServer.create().secure(context);
        assertTrue(assertThrows(IllegalStateException.class, secure::startUnix)
                .getMessage()
                .startsWith("TLS goes over TCP"));
        assertTrue(assertThrows(IllegalStateException.class, secure::startTcp)
                .getMessage()
                .startsWith("secure() was given a client's context"));
    }
}
