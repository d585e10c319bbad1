package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.LeakGuard;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A session at the fake server")
class FakeSessionTest {

    abstract static class AtFake implements SessionContract {

        private final RunningFakeQmpServer server = start();

        abstract RunningFakeQmpServer start();

        @AfterEach
        void close() {
            server.close();
        }

        @Override
        public QmpClient client() {
            return Clients.client(server);
        }
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("over TCP")
    class OverTcp extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().startTcp();
        }
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("over a UNIX socket")
    class OverUnixSocket extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().startUnix();
        }
    }

    @Nested
    @ExtendWith(LeakGuard.class)
    @DisplayName("with output in pieces of 3 bytes, over several lines")
    class InPieces extends AtFake {
        @Override
        RunningFakeQmpServer start() {
            return FakeMachine.create().withPrettyOutput().withSplitOutput(3).startTcp();
        }
    }
}
