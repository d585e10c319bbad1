package io.github.qmpreactive.internal.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/** Writes commands; however many are written in one turn of the event loop, they are flushed once. */
final class OutboundWriter {

    /**
     * How long the inbound side has, after a write has failed, to deliver the server's last words and to say how the
     * connection ended.
     */
    static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /** What a server takes between messages and does not answer. */
    static final byte[] WHITE_SPACE = {' '};

    private final Channel channel;
    private final SessionLoop loop;
    private final ChannelFutureListener failureWatch;
    private Consumer<Throwable> onFailure = cause -> {};

    /** What is to be written behind something that bypasses the outbound buffer; null while nothing does. */
    private @Nullable Queue<Runnable> held;

    private boolean flushPending;
    private boolean failed;

    OutboundWriter(Channel channel, SessionLoop loop) {
        this.channel = channel;
        this.loop = loop;
        this.failureWatch = written -> {
            if (!written.isSuccess()) {
                failed(written.cause());
            }
        };
    }

    /** Who is told when writing has failed and nothing was heard of the end since. */
    void onFailure(Consumer<Throwable> listener) {
        onFailure = listener;
    }

    void write(byte[] command) {
        assert loop.isCurrent();
        if (held != null) {
            held.add(() -> write(command));
            return;
        }
        channel.write(Unpooled.wrappedBuffer(command)).addListener(failureWatch);
        if (!flushPending) {
            flushPending = true;
            loop.afterThis(this::flush);
        }
    }

    /** Flushes, and runs the task when all that was written is with the kernel, or never will be. */
    void afterFlush(Runnable task) {
        assert loop.isCurrent();
        if (held != null) {
            held.add(() -> afterFlush(task));
            return;
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> task.run());
    }

    /**
     * Makes what is written from now on wait for {@link #resume}, and runs the task when all that was written before is
     * with the kernel, or never will be.
     */
    void hold(Runnable task) {
        assert loop.isCurrent() && held == null;
        held = new ArrayDeque<>();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> loop.afterThis(task));
    }

    /** While held: writes a byte of white space, and runs the task when the kernel has taken it; resumes if it never will. */
    void whenWritable(Runnable task) {
        assert loop.isCurrent() && held != null;
        channel.writeAndFlush(Unpooled.wrappedBuffer(WHITE_SPACE))
                .addListener(failureWatch)
                .addListener(written -> loop.afterThis(written.isSuccess() ? task : this::resume));
    }

    /** Writes these bytes, then what was held. */
    void resume(byte... first) {
        assert loop.isCurrent() && held != null;
        Queue<Runnable> waiting = Objects.requireNonNull(held);
        held = null;
        if (first.length > 0) {
            write(first);
        }
        waiting.forEach(Runnable::run);
    }

    private void flush() {
        flushPending = false;
        channel.flush();
    }

    private void failed(Throwable cause) {
        if (!failed) {
            failed = true;
            Schedulers.parallel()
                    .schedule(
                            () -> loop.execute(() -> onFailure.accept(cause)),
                            LAST_WORDS.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }
}
