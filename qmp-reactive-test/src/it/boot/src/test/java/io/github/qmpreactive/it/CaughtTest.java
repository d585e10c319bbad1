package io.github.qmpreactive.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.qmpreactive.test.junit.QmpGuards;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A guard fails a test under JUnit 6, too. */
class CaughtTest {

    @QmpGuards
    static class LeavesProcess {

        private static Process process;

        @Test
        void leaves() throws IOException {
            process = new ProcessBuilder("sleep", "600").start();
        }
    }

    @Test
    void failsWhoLeavesAProcess() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        try {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(LeavesProcess.class))
                                    .build(),
                            listener);
        } finally {
            LeavesProcess.process.destroyForcibly();
        }
        List<TestExecutionSummary.Failure> failures = listener.getSummary().getFailures();
        assertEquals(1, failures.size());
        String message = failures.get(0).getException().getMessage();
        assertTrue(message.contains("sleep 600"), message);
    }
}
