package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("What a fake keeps of what it received")
class KeptCommandsTest {

    private static final String COMMANDS = "qmp.test.keptCommands";
    private static final String BYTES = "qmp.test.keptBytes";
    private static final String CONNECTIONS = "qmp.test.keptConnections";
    private static final FakeQmpServer FAKE = FakeQmpServer.create()
            .withoutGreeting()
            .withoutNegotiation()
            .whenAny()
            .reply("{}");

    @AfterEach
    void defaults() {
        List.of(COMMANDS, BYTES, CONNECTIONS).forEach(System::clearProperty);
    }

    private static RunningFakeQmpServer start(String setting, int value) {
        System.setProperty(setting, Integer.toString(value));
        return FAKE.startUnix();
    }

    private static void send(RawClient client, String name, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            client.send("{\"execute\": \"" + name + "\"}");
            client.line();
        }
    }

    private static String failure(Executable task) {
        return String.valueOf(assertThrows(AssertionError.class, task).getMessage());
    }

    private static List<String> names(ReceivedCommands commands) {
        return commands.received().stream().map(ReceivedCommand::name).toList();
    }

    @Test
    @DisplayName("are the newest commands of all connections, and it says that it has dropped others")
    void commands() throws IOException {
        try (RunningFakeQmpServer fake = start(COMMANDS, 5)) {
            try (RawClient client = RawClient.connect(fake.address())) {
                send(client, "a", 3);
                assertTrue(fake.isComplete());
                ReceivedCommands later = fake.fromNow();
                send(client, "b", 2);
                assertTrue(later.isComplete());
            }
            FakeConnection first = fake.awaitConnection();
            first.awaitClosed();
            try (RawClient client = RawClient.connect(fake.address())) {
                send(client, "c", 2);
                FakeConnection second = fake.awaitConnection(1);
                assertEquals(List.of("a", "b", "b", "c", "c"), names(fake));
                assertFalse(fake.isComplete());
                assertFalse(first.isComplete());
                assertTrue(second.isComplete());
                assertEquals(5, fake.commands().take(5).collectList().block().size());
                String message = failure(() -> fake.awaitCommand("a"));
                assertTrue(
                        message.startsWith("The first a on any connection was dropped: this fake keeps the newest 5"
                                + " commands (qmp.test.keptCommands)"),
                        message);
                assertTrue(
                        failure(() -> first.awaitCommand("a")).startsWith("The first a on connection 0 was dropped"));
                assertEquals("b", fake.awaitCommand("b", 1).name());
                assertEquals("c", second.awaitCommand("c").name());
                message = failure(() -> first.awaitCommand("x"));
                assertTrue(message.contains("Older ones were dropped: this fake keeps the newest 5"), message);
                send(client, "d", 4);
                assertTrue(failure(() -> fake.fromNow().awaitCommand("a", Duration.ofMillis(1)))
                        .startsWith("Waited"));
                assertFalse(second.isComplete());
            }
        }
    }

    @Test
    @DisplayName("is limited in bytes, of the commands and of the bytes themselves")
    void bytes() throws IOException {
        try (RunningFakeQmpServer fake = start(BYTES, 10_000);
                RawClient client = RawClient.connect(fake.address())) {
            String big = "n".repeat(3000);
            for (int i = 0; i < 20; i++) {
                client.send("{\"execute\": \"" + big + i + "\"}");
                client.line();
            }
            assertEquals(List.of(big + 17, big + 18, big + 19), names(fake));
            int kept = fake.awaitConnection().receivedBytes().length;
            assertTrue(kept > 1000 && kept <= 10_000, () -> kept + " bytes");
        }
    }

    @Test
    @DisplayName("are the newest of the closed connections, and all that are open")
    void connections() throws IOException {
        try (RunningFakeQmpServer fake = start(CONNECTIONS, 3)) {
            for (int i = 0; i < 10; i++) {
                RawClient.connect(fake.address()).close();
                fake.awaitConnection(i).awaitClosed();
            }
            try (RawClient open = RawClient.connect(fake.address())) {
                send(open, "x", 1);
                assertEquals(
                        List.of(7, 8, 9, 10),
                        fake.connections()
                                .take(4)
                                .map(FakeConnection::number)
                                .collectList()
                                .block());
                assertEquals(9, fake.awaitConnection(9).number());
                assertTrue(failure(() -> fake.awaitConnection(2))
                        .startsWith("Connection 2 was closed and dropped: this fake keeps"));
            }
        }
    }

    @Test
    @DisplayName("is not queued without end for a subscriber that requests nothing")
    void subscriber() throws IOException {
        try (RunningFakeQmpServer fake = start(COMMANDS, 5);
                RawClient client = RawClient.connect(fake.address())) {
            StepVerifier.create(fake.commands(), 0)
                    .then(unchecked(() -> {
                        send(client, "a", 6);
                        return null;
                    }))
                    .thenRequest(5)
                    .expectNextCount(5)
                    .verifyErrorMessage(
                            "The subscriber has not requested what came: 5 wait for it, which is the limit");
        }
    }

    @Test
    @DisplayName("lists the first complaints and counts the others")
    void complaints() throws IOException {
        RunningFakeQmpServer fake =
                FakeQmpServer.create().withoutGreeting().withoutNegotiation().startUnix();
        try (RawClient client = RawClient.connect(fake.address())) {
            for (int i = 0; i < 250; i++) {
                send(client, "unknown" + i, 1);
            }
        }
        String message = failure(fake::close);
        assertTrue(message.contains("unknown99") && !message.contains("unknown100"), message);
        assertTrue(message.endsWith("and 150 more"), message);
    }

    @Test
    @DisplayName("has limits that are positive")
    void limits() {
        for (String setting : List.of(COMMANDS, BYTES, CONNECTIONS)) {
            Supplier<RunningFakeQmpServer> start = () -> start(setting, 0);
            String message =
                    assertThrows(IllegalArgumentException.class, start::get).getMessage();
            assertEquals(setting + " must be positive, but is 0", message);
            System.clearProperty(setting);
        }
    }

    private interface Task {
        Object call() throws IOException;
    }

    private static Runnable unchecked(Task task) {
        return () -> {
            try {
                task.call();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        };
    }
}
