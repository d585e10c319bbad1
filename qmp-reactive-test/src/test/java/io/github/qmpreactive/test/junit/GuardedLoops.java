package io.github.qmpreactive.test.junit;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.junit.Left.leave;
import static io.github.qmpreactive.test.junit.Left.startLoop;
import static io.github.qmpreactive.test.junit.Left.startProcess;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import reactor.netty.resources.LoopResources;

/** Classes for {@link QmpGuardsTest} to run: of event loops and processes. */
final class GuardedLoops {

    private GuardedLoops() {}

    @QmpGuards
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class LeavesLoop {

        @Test
        @Order(1)
        void leaves() {
            startLoop("left-behind");
        }

        @Test
        @Order(2)
        void leavesNothing() {}
    }

    /** As a web server does that is started before the first test, and is asked for the first time in it. */
    @QmpGuards
    static class UsesServerOfTheClass {

        private static final LoopResources LOOPS = LoopResources.create("web", 1, 3, true);

        @BeforeAll
        static void start() {
            LOOPS.onServer(false).next().submit(() -> {}).syncUninterruptibly();
            leave(() -> LOOPS.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE));
        }

        @Test
        void uses() {
            LOOPS.onServer(false).next().submit(() -> {}).syncUninterruptibly();
        }
    }

    @QmpGuards
    static class LeavesProcess {

        @Test
        void leaves() throws IOException {
            startProcess();
        }
    }

    @QmpGuards(except = Guard.PROCESSES)
    static class ProcessesOff extends LeavesProcess {}

    @QmpGuards
    static class LeavesQemu {

        @Test
        void leaves() {
            leave(QemuLauncher.system().start());
        }
    }

    @Qemu
    @QmpGuards
    static class WithQemu {

        private final QmpSession session;

        WithQemu(QmpSession session) {
            this.session = session;
        }

        @RepeatedTest(2)
        void asks(QmpClient client) {
            session.execute("query-version").block(PATIENCE);
            client.withSession(other -> other.execute("query-version")).blockLast(PATIENCE);
        }

        @Test
        void starts() {
            try (QemuProcess own = QemuLauncher.system().start()) {
                own.terminate();
                own.exitCode().block(PATIENCE);
            }
        }
    }
}
