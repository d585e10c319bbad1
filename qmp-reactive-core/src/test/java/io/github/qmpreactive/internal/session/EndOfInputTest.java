package io.github.qmpreactive.internal.session;

import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P25 A connection that its server has closed")
class EndOfInputTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger ends = new AtomicInteger();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Connected to a server that has closed the connection, with a handler in front of the reader. */
    private Channel closedByServer(ChannelHandler first) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Channel channel = new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .handler(first)
                    .connect(server.getLocalSocketAddress())
                    .syncUninterruptibly()
                    .channel();
            EndOfInput.watch(channel, () -> {
                ends.incrementAndGet();
                ended.countDown();
            });
            try (Socket accepted = server.accept()) {
                assertTrue(accepted.isConnected());
            }
            return channel;
        }
    }

    @Test
    @DisplayName("is open until the session closes it, in its turn")
    void left() throws Exception {
        Channel channel = closedByServer(new ChannelInboundHandlerAdapter());
        assertTrue(ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        assertTrue(channel.isOpen());
        channel.close().syncUninterruptibly();
    }

    @Test
    @DisplayName("ends the session also where a handler of the application keeps the event to itself")
    void kept() throws Exception {
        Channel channel = closedByServer(new ChannelInboundHandlerAdapter() {
            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {}
        });
        assertTrue(ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        channel.close().syncUninterruptibly();
    }

    @Test
    @DisplayName("is closed at once if it speaks TLS, whose own end is part of it")
    void tls() throws Exception {
        Channel channel = closedByServer(SslContextBuilder.forClient().build().newHandler(ByteBufAllocator.DEFAULT));
        assertTrue(channel.closeFuture().await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        assertEquals(0, ends.get());
    }
}
