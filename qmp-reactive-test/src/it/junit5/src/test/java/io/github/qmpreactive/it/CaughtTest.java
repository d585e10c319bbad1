package io.github.qmpreactive.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Guards fail tests under the oldest JUnit, too, and what was given to a test is closed. */
class CaughtTest {

    @QmpGuards
    static class LeavesProcess {

        private static Process process;

        @Test
        void leaves() throws IOException {
            process = new ProcessBuilder("sleep", "600").start();
        }
    }

    @QmpGuards
    static class TakesQemu {

        static QemuProcess qemu;

        @Test
        @Qemu
        void asks(QmpSession session, QemuProcess process) {
            qemu = process;
            session.execute("query-version").block(Duration.ofSeconds(20));
        }
    }

    @Test
    void isTheOldest() {
        String version = ExtensionContext.class.getPackage().getImplementationVersion();
        assertTrue(version.startsWith("5.12."), version);
    }

    @Test
    @Qemu // skipped where there is none
    void closesQemu() {
        assertEquals(List.of(), failures(TakesQemu.class));
        assertFalse(TakesQemu.qemu.isAlive());
    }

    @Test
    void failsWhoLeavesAProcess() {
        try {
            List<String> failures = failures(LeavesProcess.class);
            assertEquals(1, failures.size());
            assertTrue(failures.get(0).contains("sleep 600"), failures.get(0));
        } finally {
            LeavesProcess.process.destroyForcibly();
        }
    }

    private static List<String> failures(Class<?> tests) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(tests))
                                .configurationParameter("qmp.guards.patience", "300")
                                .build(),
                        listener);
        return listener.getSummary().getFailures().stream()
                .map(failure -> String.valueOf(failure.getException()))
                .toList();
    }
}
