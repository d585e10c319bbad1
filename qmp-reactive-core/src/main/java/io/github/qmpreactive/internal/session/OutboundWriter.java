package io.github.qmpreactive.internal.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.scheduler.Schedulers;

/** Writes commands; however many are written in one turn of the event loop, they are flushed once. */
final class OutboundWriter {

    /**
     * How long the inbound side has, after a write has failed, to deliver the server's last words and to say how the
     * connection ended.
     */
    static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final Channel channel;
    private final SessionLoop loop;
    private final ChannelFutureListener failureWatch;
    private Consumer<Throwable> onFailure = cause -> {};
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
        channel.write(Unpooled.wrappedBuffer(command)).addListener(failureWatch);
        if (!flushPending) {
            flushPending = true;
            loop.afterThis(this::flush);
        }
    }

    /** Flushes, and runs the task when all that was written is with the kernel, or never will be. */
    void afterFlush(Runnable task) {
        assert loop.isCurrent();
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> task.run());
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
