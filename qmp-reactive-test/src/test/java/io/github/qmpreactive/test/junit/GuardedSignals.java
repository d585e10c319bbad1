package io.github.qmpreactive.test.junit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Classes for {@link QmpGuardsTest} to run: of dropped signals and buffers. */
final class GuardedSignals {

    private GuardedSignals() {}

    private static void drop() {
        Operators.onErrorDropped(new IllegalStateException("lost error"), Context.empty());
        Operators.onNextDropped("lost value", Context.empty());
    }

    private static void leakBuffer() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer(16);
        buffer.writeInt(1);
    }

    @QmpGuards
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Drops {

        @Test
        @Order(1)
        void drops() {
            drop();
        }

        @Test
        @Order(2)
        void dropsNothing() {}
    }

    @QmpGuards(except = Guard.DROPPED_SIGNALS)
    static class DroppedOff {

        @Test
        void drops() {
            Operators.onNextDropped("lost value", Context.empty());
        }
    }

    /** Sets hooks of its own, which are to stay. */
    @QmpGuards
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class SetsHooks {

        static final List<String> SEEN = new CopyOnWriteArrayList<>();

        @BeforeAll
        static void set() {
            Hooks.onErrorDropped(error -> SEEN.add("class: " + error.getMessage()));
        }

        @Test
        @Order(1)
        void drops() {
            Operators.onErrorDropped(new IllegalStateException("first"), Context.empty());
        }

        @Test
        @Order(2)
        void dropsAgain() {
            Operators.onErrorDropped(new IllegalStateException("second"), Context.empty());
        }
    }

    @QmpGuards
    static class LeaksBuffer {

        @Test
        void leaks() {
            leakBuffer();
        }
    }

    static class LeaksInside {

        @Nested
        @QmpGuards
        class Inside {

            @Test
            void leaks() {
                leakBuffer();
            }
        }
    }
}
