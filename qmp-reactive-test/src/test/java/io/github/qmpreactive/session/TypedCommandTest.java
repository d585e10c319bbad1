package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("execute(name, class)")
class TypedCommandTest {

    record Status(boolean running, String status) {}

    @Test
    @DisplayName("converts the reply; the class is not sent as arguments")
    void converts() {
        try (RunningFakeQmpServer server = machine().startUnix()) {
            QmpSession session = connect(server);
            assertEquals(new Status(true, "running"), await(session.execute("query-status", Status.class)));
            assertEquals(
                    false,
                    server.awaitConnection().awaitCommand("query-status").raw().has("arguments"));
            StepVerifier.create(session.execute("query-status", Integer.class)).verifyError(ResultTypeError.class);
        }
    }
}
