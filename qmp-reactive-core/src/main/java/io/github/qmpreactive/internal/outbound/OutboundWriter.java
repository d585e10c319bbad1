package io.github.qmpreactive.internal.outbound;

import io.github.qmpreactive.internal.loop.SessionLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes commands; however many are written in one turn of the event loop, they are one buffer, and flushed once. */
public final class OutboundWriter {

    /**
     * How long the inbound side has, after a write has failed, to deliver the server's last words and to say how the
     * connection ended.
     */
    static final Duration LAST_WORDS = Duration.ofSeconds(1);

    /** What is shorter is copied into the buffer of its burst, which costs less than a write of its own. */
    private static final int COPIED_SIZE = 4 * 1024;

    private static final int MIN_BURST_SIZE = 256;
    private static final int MAX_BURST_SIZE = 64 * 1024;

    /** What a server takes between messages and does not answer. */
    static final byte[] WHITE_SPACE = {' '};

    private final Channel channel;
    private final SessionLoop loop;
    private final ChannelFutureListener failureWatch;
    private Consumer<Throwable> onFailure = cause -> {};
    private final TlsRecordWorkaround burstEnd;
    private final Runnable flush = this::flush;
    private @Nullable ChannelFuture last;

    /** The commands of this turn that are not with the channel yet. */
    private @Nullable ByteBuf burst;

    private int burstSize = MIN_BURST_SIZE;

    /** What is to be written behind something that bypasses the outbound buffer; null while nothing does. */
    private @Nullable Queue<Runnable> held;

    private boolean flushPending;
    private boolean failed;

    public OutboundWriter(Channel channel, SessionLoop loop) {
        this.channel = channel;
        this.loop = loop;
        this.burstEnd = TlsRecordWorkaround.of(channel);
        this.failureWatch = written -> {
            if (!written.isSuccess()) {
                failed(written.cause());
            }
        };
    }

    /** Called when a write has failed and the connection has not ended since. */
    public void onFailure(Consumer<Throwable> listener) {
        onFailure = listener;
    }

    /** Whether more is on its way to the kernel than it takes at a time. */
    public boolean isCongested() {
        return !channel.isWritable();
    }

    /** Whether what is written waits for something that bypasses the outbound buffer. */
    public boolean isHeld() {
        return held != null;
    }

    public void write(byte[] command) {
        assert loop.isCurrent();
        if (held != null) {
            held.add(() -> write(command));
            return;
        }
        if (command.length > COPIED_SIZE) {
            endBurst();
            hand(Unpooled.wrappedBuffer(command));
        } else {
            burst(command.length).writeBytes(command);
        }
        if (!flushPending) {
            flushPending = true;
            loop.afterThis(flush);
        }
    }

    /** Flushes, and runs the task when all that was written is with the kernel, or never will be. */
    public void afterFlush(Runnable task) {
        assert loop.isCurrent();
        if (held != null) {
            held.add(() -> afterFlush(task));
            return;
        }
        flush();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> task.run());
    }

    /**
     * Makes what is written from now on wait for {@link #resume}, and runs the task when all that was written before is
     * with the kernel, or never will be.
     */
    void hold(Runnable task) {
        assert loop.isCurrent() && held == null;
        held = new ArrayDeque<>();
        endBurst();
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

    private ByteBuf burst(int more) {
        ByteBuf current = burst;
        if (current != null && current.readableBytes() + more > MAX_BURST_SIZE) {
            endBurst();
            current = null;
        }
        if (current == null) {
            // As large as the last one: what was in flight then is in flight now.
            current = channel.alloc().directBuffer(Math.max(burstSize, more), MAX_BURST_SIZE);
            burst = current;
        }
        return current;
    }

    private void endBurst() {
        ByteBuf ended = burst;
        if (ended != null) {
            burst = null;
            burstSize = Math.max(MIN_BURST_SIZE, ended.readableBytes());
            hand(ended);
        }
    }

    private void hand(ByteBuf bytes) {
        last = channel.write(bytes).addListener(failureWatch);
    }

    private void flush() {
        flushPending = false;
        endBurst();
        channel.flush();
        ChannelFuture written = last;
        if (written != null) {
            last = null;
            burstEnd.after(written);
        }
    }

    private void failed(Throwable cause) {
        if (!failed) {
            failed = true;
            var unused = loop.schedule(LAST_WORDS, () -> onFailure.accept(cause));
        }
    }
}
