package io.github.qmpreactive.test.internal.net;

import io.github.qmpreactive.internal.transport.ChannelWatch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.netty.NettyPipeline;

/**
 * One connection of a fake, as bytes. All but {@link #burst} belongs on its event loop. What is written while input is
 * being handled is sent in one piece when all of the input was handled.
 */
public final class FakeChannel extends ChannelInboundHandlerAdapter {

    /** Takes what happens on a connection, on its event loop. */
    public interface Listener {
        void onOpen();

        /**
         * Bytes came.
         *
         * @param bytes the bytes; valid during the call only
         */
        void onBytes(ByteBuf bytes);

        /** The connection is closed, by whichever side. */
        void onClosed();
    }

    private static final ChannelOption<Integer> LINGER = NioChannelOption.of(StandardSocketOptions.SO_LINGER);

    private static final String SERVER_CLOSED = "its server was closed";

    private final Channel channel;
    private final Listener listener;
    private final ReadSize readSize = new ReadSize();
    private final HeldReads reads = new HeldReads();
    private boolean gathering;
    private boolean opened;
    private boolean stalled;
    private boolean resetOnRead;
    private int pieceSize = Integer.MAX_VALUE;
    private long resetAfter = Long.MAX_VALUE;
    private Disposable slowly = Disposables.disposed();
    private volatile @Nullable String end;

    /** The handler of a channel that is about to be opened. */
    public FakeChannel(Channel channel, Function<FakeChannel, Listener> listeners) {
        this.channel = channel;
        this.listener = listeners.apply(this);
    }

    void prepare() {
        ChannelWatch.opened(channel);
        channel.config().setRecvByteBufAllocator(readSize);
        if (holdsTls()) {
            channel.pipeline().addFirst("qmp.turn", reads);
        }
        if (isSecured()) {
            // Tells of an open connection when the handshake of TLS is over.
            channel.pipeline().addAfter(NettyPipeline.SslReader, "qmp.fake", this);
        } else {
            channel.pipeline().addFirst("qmp.fake", this);
        }
    }

    private boolean isSecured() {
        return channel.pipeline().get(NettyPipeline.SslReader) != null;
    }

    /** Whether it was accepted, and its handshake of TLS begins when it is let in; only then is it open. */
    public boolean holdsTls() {
        return isSecured() && channel.parent() != null;
    }

    public void letIn() {
        reads.release();
    }

    /** Runs a task as {@link FakeLoop#run} does; what it writes is sent in one piece. */
    public void burst(Runnable task) {
        FakeLoop.run(() -> {
            boolean outer = !gathering;
            gathering = true;
            try {
                task.run();
            } finally {
                if (outer) {
                    gathering = false;
                    flush();
                }
            }
        });
    }

    public boolean isOpen() {
        return end() == null;
    }

    /**
     * How it ended.
     *
     * @return who closed or reset it; null while it is open, and this side has not begun to close it
     */
    public @Nullable String end() {
        String told = end;
        return told != null || channel.isActive() ? told : "the client closed it";
    }

    private void end(String told) {
        if (end == null) {
            end = told;
        }
    }

    public void write(byte[] bytes) {
        if (!channel.isActive()) {
            return;
        }
        ByteBuf rest = Unpooled.wrappedBuffer(bytes, 0, (int) Math.min(bytes.length, resetAfter));
        while (rest.readableBytes() > pieceSize) {
            var unused = channel.write(rest.readRetainedSlice(pieceSize));
            flush();
        }
        resetAfter -= Math.min(bytes.length, resetAfter);
        // Should it fail, channelInactive tells.
        var unused = channel.write(rest);
        if (resetAfter == 0) {
            flushAndReset();
        } else if (!gathering || pieceSize < Integer.MAX_VALUE) {
            flush();
        }
    }

    /** Sends what was written, unless nothing is to be sent. */
    private void flush() {
        if (!stalled) {
            channel.flush();
        }
    }

    /** Cuts all that is sent from now on into pieces, each of them a write of its own. */
    public void split(int bytes) {
        pieceSize = bytes;
    }

    /** Reads on, or stops reading. */
    public void read(boolean on) {
        slowly.dispose();
        readSize.limit(resetOnRead ? 1 : ReadSize.WHOLE);
        channel.config().setAutoRead(on);
    }

    /** Reads a few bytes now and then. */
    public void readSlowly(int bytes, Duration interval) {
        read(false);
        readSize.limit(bytes);
        ScheduledFuture<?> reading = channel.eventLoop()
                .scheduleAtFixedRate(channel::read, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        slowly = () -> reading.cancel(false);
    }

    /** Neither reads nor sends, or goes on with both: what was written meanwhile is sent then. */
    public void stall(boolean on) {
        stalled = on;
        read(!on);
        flush();
    }

    public void close() {
        end("the fake closed it");
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /**
     * Whether it ended because its server was closed.
     *
     * @return whether {@link #closeNow()} has ended it
     */
    public boolean isClosedByServer() {
        return SERVER_CLOSED.equals(end);
    }

    /** Closes at once, without a reset, whether or not all was sent. */
    public void closeNow() {
        end(SERVER_CLOSED);
        closeSocket();
    }

    /** Past TLS, which would say goodbye first. */
    private void closeSocket() {
        ChannelHandlerContext tls = channel.pipeline().context(NettyPipeline.SslHandler);
        var unused = tls == null ? channel.close() : tls.close();
    }

    /** Closes at once: TCP sends a reset; a UNIX socket tells of one if something is unread. */
    public void reset() {
        if (!channel.isOpen()) {
            return;
        }
        end("the fake reset it");
        read(false);
        // On a UNIX socket this only keeps Java from saying goodbye before it closes, but no reset is seen without it.
        channel.config().setOption(LINGER, 0);
        closeSocket();
    }

    /** Resets, after all that was written has been sent. */
    public void flushAndReset() {
        end("the fake reset it");
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> reset());
    }

    /** Resets as soon as a number of bytes have been sent, counted from now. */
    public void resetAfter(long bytes) {
        resetAfter = bytes;
    }

    /** Resets as soon as something comes, and leaves it unread but for its first byte. */
    public void resetOnRead() {
        resetOnRead = true;
        readSize.limit(1);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        opened = true;
        read(true);
        // May pause reading.
        listener.onOpen();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (resetOnRead) {
                reset();
                return;
            }
            gathering = true;
            listener.onBytes(bytes);
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        gathering = false;
        flush();
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end("the client closed it");
        slowly.dispose();
        listener.onClosed();
        ctx.fireChannelInactive();
    }

    @Override
    @SuppressWarnings("deprecation") // Of ChannelHandler, not of ChannelInboundHandler.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!opened) {
            // Of the handshake of TLS: the client that dials is waiting for it.
            ctx.fireExceptionCaught(cause);
        }
        end("it failed with " + cause);
        // A peer that resets is nothing special here; channelInactive follows.
        var unused = ctx.close();
    }
}
