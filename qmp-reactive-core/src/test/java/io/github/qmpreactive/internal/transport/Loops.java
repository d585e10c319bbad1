package io.github.qmpreactive.internal.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** The two transports that a connector has to deal with, on one thread each. */
enum Loops {
    /** The system's own where there is one, as Reactor Netty picks it. */
    NATIVE {
        @Override
        LoopResources create() {
            return LoopResources.create("test-native", 1, 1, true, false);
        }
    },
    /** The JDK's, whatever is asked for. */
    NIO {
        @Override
        LoopResources create() {
            EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
            return new LoopResources() {
                @Override
                public EventLoopGroup onServer(boolean useNative) {
                    return group;
                }

                @Override
                public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
                    return Mono.fromRunnable(() -> group.shutdownGracefully(
                            quietPeriod.toMillis(), timeout.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS));
                }
            };
        }
    };

    abstract LoopResources create();

    static void dispose(LoopResources loops) {
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
    }
}
