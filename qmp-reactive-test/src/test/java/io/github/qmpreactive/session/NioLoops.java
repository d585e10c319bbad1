package io.github.qmpreactive.session;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import reactor.netty.resources.LoopResources;

/** Event loops as they are where there is no native transport. They last as long as the tests do. */
final class NioLoops implements LoopResources {

    static final LoopResources INSTANCE = new NioLoops();

    private final LoopResources loops = LoopResources.create("nio-only", 2, true);

    private NioLoops() {}

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops.onServer(false);
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return loops.onServerSelect(false);
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return loops.onClient(false);
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        return loops.onChannelClass(type, group);
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        return loops.onChannel(type, group);
    }
}
