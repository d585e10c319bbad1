package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver.State;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.resources.LoopResources;

/** A session on a descriptor that was inherited, or is one end of a socketpair. */
final class OwnChannelSnippet {

    private OwnChannelSnippet() {}

    // snippet: descriptor-number
    static Mono<QmpSession> connect(int descriptor, LoopResources loops) {
        Mono<Connection> connection = Mono.create(sink -> {
            Channel channel = new EpollDomainSocketChannel(descriptor); // for TCP an EpollSocketChannel
            channel.config().setAutoRead(false); // the session reads
            ChannelOperations.addReactiveBridge(
                    channel, (bare, observer, message) -> new ChannelOperations<>(bare, observer), (bridged, state) -> {
                        if (state == State.CONFIGURED) {
                            sink.success(bridged);
                        }
                    });
            var unused = loops.onClient(true).register(channel).addListener(registered -> {
                if (!registered.isSuccess()) {
                    sink.error(registered.cause());
                }
            });
        });
        return connection.flatMap(QmpClient.create().name("vm")::connect);
    }
    // end
}
