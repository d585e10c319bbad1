package io.github.qmpreactive.test.internal.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.net.StandardSocketOptions;
import java.util.function.Function;
import reactor.core.scheduler.Schedulers;

/**
 * One connection of a fake, as bytes. All but {@link #run} belongs on its event loop. What is written while input is
 * being handled is sent in one piece when all of the input was handled.
 */
public final class FakeChannel extends ChannelInboundHandlerAdapter {

    /** Takes what happens on a connection, on its event loop. */
    public interface Listener {
        /** The connection is open. */
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

    private final Channel channel;
    private final Listener listener;
    private final ReadSize readSize = new ReadSize();
    private ByteBuf out = Unpooled.EMPTY_BUFFER;
    private boolean gathering;
    private boolean resetOnRead;
    private int pieceSize = Integer.MAX_VALUE;
    private long resetAfter = Long.MAX_VALUE;

    /**
     * The handler of a channel that is about to be opened.
     *
     * @param channel the channel
     * @param listeners makes the listener of this connection
     */
    public FakeChannel(Channel channel, Function<FakeChannel, Listener> listeners) {
        this.channel = channel;
        this.listener = listeners.apply(this);
    }

    void prepare() {
        channel.config().setRecvByteBufAllocator(readSize);
        channel.pipeline().addFirst("qmp.fake", this);
    }

    /**
     * Runs a task on the event loop: at once if this is its thread; else it waits until that was done, so that what a
     * test does next comes behind it, unless this is a thread that must not wait.
     *
     * @param task the task
     */
    public void run(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else if (Schedulers.isInNonBlockingThread()) {
            channel.eventLoop().execute(task);
        } else {
            channel.eventLoop().submit(task).syncUninterruptibly();
        }
    }

    /**
     * Runs a task as {@link #run} does; what it writes is sent in one piece.
     *
     * @param task the task
     */
    public void burst(Runnable task) {
        run(() -> {
            boolean outer = !gathering;
            gathering = true;
            task.run();
            if (outer) {
                gathering = false;
                if (out.isReadable()) {
                    flush();
                }
            }
        });
    }

    /**
     * Whether it is open.
     *
     * @return whether it is
     */
    public boolean isOpen() {
        return channel.isActive();
    }

    /**
     * Sends bytes.
     *
     * @param bytes the bytes
     */
    public void write(byte[] bytes) {
        if (!channel.isActive()) {
            return;
        }
        if (!out.isReadable()) {
            out.release();
            out = channel.alloc().buffer(Math.max(bytes.length, 1024));
        }
        out.writeBytes(bytes);
        if (!gathering) {
            flush();
        }
    }

    /** Sends what was written. */
    private void flush() {
        ByteBuf bytes = out;
        out = Unpooled.EMPTY_BUFFER;
        boolean last = bytes.readableBytes() >= resetAfter;
        if (last) {
            bytes.writerIndex(bytes.readerIndex() + (int) resetAfter);
        }
        resetAfter -= bytes.readableBytes();
        while (bytes.readableBytes() > pieceSize) {
            send(bytes.readRetainedSlice(pieceSize));
        }
        send(bytes);
        if (last) {
            flushAndReset();
        }
    }

    private void send(ByteBuf bytes) {
        // Should it fail, channelInactive tells.
        var unused = channel.writeAndFlush(bytes);
    }

    /**
     * Cuts all that is sent from now on into pieces, each of them a write of its own.
     *
     * @param bytes the size of a piece
     */
    public void split(int bytes) {
        pieceSize = bytes;
    }

    /**
     * Reads on, or stops reading.
     *
     * @param on whether to read
     */
    public void read(boolean on) {
        channel.config().setAutoRead(on);
    }

    /** Closes, after all that was written has been sent. */
    public void close() {
        if (out.isReadable()) {
            flush();
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Closes at once, without a reset, whether or not all was sent. */
    public void closeNow() {
        var unused = channel.close();
    }

    /** Closes at once: TCP sends a reset; a UNIX socket tells of one if something is unread. */
    public void reset() {
        read(false);
        // On a UNIX socket this only keeps Java from saying goodbye before it closes, but no reset is seen without it.
        channel.config().setOption(LINGER, 0);
        var unused = channel.close();
    }

    /** Resets, after all that was written has been sent. */
    public void flushAndReset() {
        if (out.isReadable()) {
            flush();
        }
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> reset());
    }

    /**
     * Resets as soon as a number of bytes have been sent, counted from now.
     *
     * @param bytes the number
     */
    public void resetAfter(long bytes) {
        resetAfter = bytes;
    }

    /** Resets as soon as something comes, and leaves it unread but for its first byte. */
    public void resetOnRead() {
        resetOnRead = true;
        readSize.singleByte();
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        listener.onOpen();
        read(true);
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
        if (out.isReadable()) {
            flush();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        out.release();
        out = Unpooled.EMPTY_BUFFER;
        listener.onClosed();
        ctx.fireChannelInactive();
    }

    @Override
    @SuppressWarnings("deprecation") // Of ChannelHandler, not of ChannelInboundHandler.
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A peer that resets is nothing special here; channelInactive follows.
        var unused = ctx.close();
    }
}
