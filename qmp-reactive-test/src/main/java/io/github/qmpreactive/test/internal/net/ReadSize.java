package io.github.qmpreactive.test.internal.net;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/** How much one read takes: a fair piece, or a single byte, so that what follows it stays unread. */
final class ReadSize extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final int PIECE = 16 * 1024;

    private volatile int size = PIECE;

    void singleByte() {
        size = 1;
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
