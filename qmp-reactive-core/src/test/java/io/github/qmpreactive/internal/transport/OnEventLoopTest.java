package io.github.qmpreactive.internal.transport;

import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

@DisplayName("A step of opening a session on the event loop of its connection")
class OnEventLoopTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final NioSocketChannel channel = new NioSocketChannel();

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    @DisplayName("fails with an error of the JVM that it throws there: nothing waits for ever")
    void errorOfTheJvm() {
        loops.register(channel).syncUninterruptibly();
        Error missing = new NoClassDefFoundError("SslHandler");
        Mono<Object> step = OnEventLoop.run("vm", Connection.from(channel), () -> {
            throw missing;
        });
        StepVerifier.create(step)
                .expectErrorSatisfies(thrown -> assertSame(missing, thrown))
                .verify(PATIENCE);
    }
}
