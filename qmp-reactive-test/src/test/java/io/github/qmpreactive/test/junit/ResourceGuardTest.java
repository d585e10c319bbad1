package io.github.qmpreactive.test.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import io.github.qmpreactive.test.Patience;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.slf4j.LoggerFactory;

@DisplayName("The guards of this project's own tests")
class ResourceGuardTest {

    private static final String FOUND = "junit.jupiter.extensions.autodetection.enabled";

    /** For tests that pass: what they end may take a while. */
    private static final Map<String, String> FOUND_PATIENTLY =
            Map.of(FOUND, "true", "qmp.guards.patience", Long.toString(Patience.PATIENCE.toMillis()));

    @AfterEach
    void tidy() throws Exception {
        Left.tidy();
    }

    private static TestRun run(Class<?> type) {
        return TestRun.with(Map.of(FOUND, "true", "qmp.guards.patience", "300"), type);
    }

    /** Netty reports leaks to its log first, where this one would alarm people. */
    private static String leakOf(Class<?> type) {
        Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        logger.setAdditive(false);
        try {
            TestRun run = run(type);
            assertEquals(0, run.failedTests());
            return run.failure();
        } finally {
            logger.setAdditive(true);
        }
    }

    @Test
    @DisplayName("fail the class that has not released a buffer, nested or not, and set Netty's level back")
    void buffers() {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        assertTrue(leakOf(GuardedSignals.LeaksBuffer.class).contains("ByteBuf was never released"));
        assertEquals(before, ResourceLeakDetector.getLevel());
        assertTrue(leakOf(GuardedSignals.LeaksInside.class).contains("ByteBuf was never released"));
    }

    @Test
    @DisplayName("are on in every run of these tests")
    void on() throws IOException {
        Properties settings = new Properties();
        try (InputStream file = ResourceGuardTest.class.getResourceAsStream("/junit-platform.properties")) {
            settings.load(file);
        }
        assertEquals("true", settings.getProperty("junit.jupiter.extensions.autodetection.enabled"));
        assertTrue(ServiceLoader.load(Extension.class).stream().anyMatch(found -> found.type() == ResourceGuard.class));
    }

    @Test
    @DisplayName("fail the test that leaves an event loop, by its thread's name, and not the one after it")
    void eventLoop() {
        TestRun run = run(GuardedLoops.LeavesLoop.class);
        assertTrue(run.failure().contains("Event loops left running:\n  left-behind-"), run::failure);
        assertEquals(1, run.failedTests());
        assertEquals(1, run.passedTests());
    }

    @Test
    @DisplayName("pass tests that leave nothing behind, and a web server of the class that starts more threads")
    void clean() {
        TestRun.with(FOUND_PATIENTLY, GuardedTests.Clean.class).passes(2);
        TestRun.with(FOUND_PATIENTLY, GuardedLoops.UsesServerOfTheClass.class).passes(1);
    }
}
