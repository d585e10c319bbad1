package io.github.qmpreactive.internal.transport;

import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

@DisplayName("P21 An accepted connection that its peer has closed before the handshake of TLS begins")
class TlsHandshakeTest {

    private final NioSocketChannel channel = new NioSocketChannel();

    private void fails(Reason reason, String what) throws SSLException {
        var context = SslContextBuilder.forClient().build();
        StepVerifier.create(TlsHandshake.serve("vm", Connection.from(channel), context, Duration.ofNanos(1)))
                .expectErrorSatisfies(e -> {
                    ConnectError error = assertInstanceOf(ConnectError.class, e);
                    assertEquals(reason, error.reason());
                    assertTrue(String.valueOf(error.getMessage()).endsWith(what), error::getMessage);
                })
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("and that has its event loop still: TLS, and not a handshake without an end")
    void closed() throws SSLException {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            loops.register(channel).syncUninterruptibly();
            fails(Reason.TLS, "the other side closed the connection");
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    @DisplayName("and that has left its event loop: CLOSED")
    void withoutLoop() throws SSLException {
        fails(Reason.CLOSED, "it was closed before");
        channel.unsafe().closeForcibly();
    }
}
