package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("A command that a test waits for")
class AwaitedCommandTest {

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
}
