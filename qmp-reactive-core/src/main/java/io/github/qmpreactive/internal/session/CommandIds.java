package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.option.HandshakeMode;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the commands of a session. QEMU pays for each byte, so ids are short; but on a connection that somebody has
 * used before they begin with something of this session's own, since answers to that one's commands may be on their way.
 */
final class CommandIds {

    private static final int RADIX = 36;

    /** The numbers of eight digits. */
    private static final long FIRST = 78_364_164_096L;

    private final String prefix;
    private final AtomicLong next = new AtomicLong();

    private CommandIds(String prefix) {
        this.prefix = prefix;
    }

    static CommandIds of(HandshakeMode mode) {
        return new CommandIds(mode == HandshakeMode.NONE ? Request.RESERVED + random() + "." : Request.RESERVED);
    }

    String next() {
        return prefix + Long.toString(next.getAndIncrement(), RADIX);
    }

    private static String random() {
        return Long.toString(ThreadLocalRandom.current().nextLong(FIRST, FIRST * RADIX), RADIX);
    }
}
