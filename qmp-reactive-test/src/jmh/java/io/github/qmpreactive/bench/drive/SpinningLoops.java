package io.github.qmpreactive.bench.drive;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import reactor.netty.resources.LoopResources;

/**
 * Event loops that look for something to do for a while before they sleep, as Go's runtime does: who waits for an answer
 * that comes soon is not put to sleep and woken, and pays with the CPU time of the looking.
 */
final class SpinningLoops implements LoopResources {

    private final EventLoopGroup group;

    SpinningLoops(int threads, long nanos) {
        group = new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("spinning", true),
                EpollIoHandler.newFactory(0, () -> new Spin(nanos)));
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return group;
    }

    /** Of one event loop. */
    private static final class Spin implements SelectStrategy {

        private final long nanos;
        private long since = System.nanoTime();

        Spin(long nanos) {
            this.nanos = nanos;
        }

        @Override
        public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
            int ready = selectNow.get();
            if (hasTasks || ready > 0) {
                since = System.nanoTime();
                return ready;
            }
            return System.nanoTime() - since < nanos ? ready : SELECT;
        }
    }

    @Override
    public void dispose() {
        var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
