package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(LeakGuard.class)
@DisplayName("A command that a test waits for")
class AwaitedCommandTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final FakeQmpServer FAKE = FakeQmpServer.create()
            .withoutGreeting()
            .withoutNegotiation()
            .whenAny()
            .reply("{}");

    @Test
    @DisplayName("is found on any connection, also when 300 are open")
    void many() throws IOException {
        FakeQmpServer server = FakeQmpServer.create()
                .withConcurrentClients()
                .withoutGreeting()
                .withoutNegotiation()
                .when("last")
                .reply("{}");
        try (RunningFakeQmpServer fake = server.startUnix()) {
            List<RawClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < 300; i++) {
                    clients.add(RawClient.connect(fake.address()));
                    fake.awaitConnection(i);
                }
                clients.get(299).send("{\"execute\": \"last\"}");
                assertEquals("last", fake.awaitCommand("last").name());
            } finally {
                for (RawClient client : clients) {
                    client.close();
                }
            }
        }
    }

    @Test
    @DisplayName("is the one of several that the test asks for, on a connection and on the server")
    void number() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            client.send(numbered(0));
            client.send("{\"execute\": \"other\"}");
            client.send(numbered(1));
            assertEquals(0, n(fake.awaitCommand("x")));
            assertEquals(1, n(fake.awaitCommand("x", 1)));
            assertEquals(1, n(fake.awaitConnection().awaitCommand("x", 1)));
            String message = failure(() -> fake.awaitConnection().fromNow().awaitCommand("x", SHORT));
            assertEquals("Waited PT0.05S for x on connection 0 since fromNow(); nothing was received", message);
            fake.awaitConnection().close();
            fake.awaitConnection().awaitClosed();
            message = failure(() -> fake.awaitConnection().awaitCommand("x", 2));
            assertTrue(
                    message.startsWith(
                            "Waited for x number 2 (0 is the first) on connection 0, which will not come; this"),
                    message);
            assertThrows(IllegalArgumentException.class, () -> fake.awaitCommand("x", -1));
        }
    }

    @Test
    @DisplayName("from now on is none that came before, and is counted from there")
    void fromNow() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            client.send(numbered(0));
            fake.awaitCommand("x");
            ReceivedCommands later = fake.fromNow();
            assertEquals(List.of(), later.received());
            client.send(numbered(1));
            client.send(numbered(2));
            assertEquals(1, n(later.awaitCommand("x")));
            assertEquals(2, n(later.awaitCommand("x", 1)));
            assertEquals(2, later.received("x").size());
            assertEquals(2, n(later.commands().skip(1).blockFirst()));
            assertEquals(3, fake.received("x").size());
        }
    }

    private static String numbered(int n) {
        return "{\"execute\": \"x\", \"arguments\": {\"n\": " + n + "}}";
    }

    private static int n(ReceivedCommand command) {
        return command.arguments().path("n").intValue();
    }

    private static String failure(Executable task) {
        return String.valueOf(assertThrows(AssertionError.class, task).getMessage());
    }
}
