package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

@DisplayName("LeakGuard")
class LeakGuardTest {

    private final LeakGuard guard = new LeakGuard();
    private final ExtensionContext context = (ExtensionContext) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ExtensionContext.class},
            (proxy, method, args) -> method.getReturnType() == Optional.class ? Optional.empty() : null);

    @AfterEach
    void reset() {
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
    }

    @Test
    @DisplayName("passes a test that loses nothing")
    void passes() {
        guard.beforeAll(context);
        guard.beforeEach(context);
        PooledByteBufAllocator.DEFAULT.buffer(16).release();
        assertDoesNotThrow(() -> guard.afterEach(context));
        assertDoesNotThrow(() -> guard.afterAll(context));
    }

    @Test
    @DisplayName("fails the test during which an error or a value was dropped")
    void dropped() {
        guard.beforeAll(context);
        guard.beforeEach(context);
        Operators.onErrorDropped(new IllegalStateException("lost error"), Context.empty());
        Operators.onNextDropped("lost value", Context.empty());
        AssertionError error = assertThrows(AssertionError.class, () -> guard.afterEach(context));
        assertTrue(error.getMessage().contains("IllegalStateException: lost error"));
        assertTrue(error.getMessage().contains("value: lost value"));
        guard.beforeEach(context);
        guard.afterEach(context);
        guard.afterAll(context);
    }

    @Test
    @DisplayName("fails the class that has not released a buffer, and sets the level back")
    void leaked() {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        guard.beforeAll(context);
        leak();
        AssertionError error = quietly(() -> assertThrows(AssertionError.class, () -> guard.afterAll(context)));
        assertTrue(error.getMessage().contains("ByteBuf was never released"), error.getMessage());
        assertEquals(before, ResourceLeakDetector.getLevel());
    }

    /** Netty reports leaks to its log first, where this one would alarm people. */
    private static <T> T quietly(Supplier<T> task) {
        Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        logger.setAdditive(false);
        try {
            return task.get();
        } finally {
            logger.setAdditive(true);
        }
    }

    private static void leak() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer(16);
        buffer.writeInt(1);
    }
}
