package io.github.qmpreactive.internal.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.internal.loop.SessionLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("What is written")
class OutboundWriterTest {

    private static final int COPIED = 4 * 1024;
    private static final int LARGEST_BURST = 64 * 1024;

    private final List<String> log = new ArrayList<>();
    private boolean broken;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelOutboundHandlerAdapter() {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ByteBuf bytes = (ByteBuf) message;
            if (bytes.isReadable()) {
                log.add(shortened(bytes.toString(StandardCharsets.UTF_8)));
            }
            bytes.release();
            if (broken) {
                promise.setFailure(new IOException("broken"));
            } else {
                promise.setSuccess();
            }
        }

        @Override
        public void flush(ChannelHandlerContext context) {
            log.add("flush");
        }
    });

    private final OutboundWriter writer = new OutboundWriter(channel, new SessionLoop(channel.eventLoop()));

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static String shortened(String text) {
        return text.length() < 20 ? text : text.charAt(0) + " x " + text.length();
    }

    private void write(String text) {
        writer.write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A channel that is made for tests flushes now and then by itself. */
    private List<String> withoutFlushes() {
        return log.stream().filter(line -> !line.equals("flush")).toList();
    }

    private void run() {
        channel.runPendingTasks();
    }

    @Test
    @DisplayName("in one turn of the loop goes out as one buffer, and is flushed once")
    void burst() {
        write("a");
        write("b");
        assertEquals(List.of(), log);
        run();
        write("c");
        run();
        assertEquals(List.of("ab", "flush", "c", "flush"), log);
    }

    @Test
    @DisplayName("keeps its order where large commands, which are not copied, come between small ones")
    void largeBetweenSmall() {
        write("a");
        write("b".repeat(COPIED + 1));
        write("c");
        write("d".repeat(COPIED));
        run();
        assertEquals(List.of("a", "b x 4097", "c x 4097"), withoutFlushes());
    }

    @Test
    @DisplayName("fills one buffer of 64 KiB, and goes on in the next one")
    void fullBurst() {
        for (int size = 0; size < LARGEST_BURST; size += COPIED) {
            write("a".repeat(COPIED));
        }
        write("b");
        run();
        assertEquals(List.of("a x 65536", "b"), withoutFlushes());
    }

    @Test
    @DisplayName("is out before what was to happen behind it")
    void afterFlush() {
        write("a");
        writer.afterFlush(() -> log.add("behind"));
        run();
        assertEquals(List.of("a", "flush", "behind"), log.stream().distinct().toList());
    }

    @Test
    @DisplayName("before a hold is out before what the hold is for; what comes later waits for the end of the hold")
    void hold() {
        write("a");
        writer.hold(() -> log.add("held"));
        write("b");
        writer.afterFlush(() -> log.add("behind"));
        run();
        assertEquals(List.of("a", "flush", "held"), log.stream().distinct().toList());
        log.clear();
        writer.resume("first".getBytes(StandardCharsets.UTF_8));
        run();
        assertEquals(
                List.of("firstb", "flush", "behind"), log.stream().distinct().toList());
    }

    @Test
    @DisplayName("P24 and fails is reported once, a second later: messages may still be received until then")
    void failure() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            writer.onFailure(cause -> log.add("failed: " + cause.getMessage()));
            broken = true;
            write("a");
            run();
            write("b");
            run();
            time.advanceTimeBy(Duration.ofMillis(999));
            assertEquals(List.of("a", "flush", "b", "flush"), log);
            log.clear();
            time.advanceTimeBy(Duration.ofMillis(2));
            assertEquals(List.of("failed: broken"), log);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }
}
