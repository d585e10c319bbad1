package io.github.qmpreactive.test.internal.net;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/** How much one read takes: a fair piece, or a few bytes, so that what follows them stays unread. */
final class ReadSize extends DefaultMaxMessagesRecvByteBufAllocator {

    static final int WHOLE = 16 * 1024;

    private volatile int size = WHOLE;

    void limit(int bytes) {
        size = bytes;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own allocators still give this kind of handle.
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return size;
            }
        };
    }
}
