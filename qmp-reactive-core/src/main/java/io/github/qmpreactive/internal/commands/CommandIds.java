package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.option.HandshakeMode;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers the commands of a session, the handshake's included. Ids begin with characters of this session's own: QEMU sends
 * the late reply to a command of a client that has left to the next client. QEMU pays for each byte, so there are three of
 * them; on a connection that another program has used before there are eight.
 */
final class CommandIds {

    private static final int RADIX = 36;

    /** The numbers of eight digits. */
    private static final long FIRST = 78_364_164_096L;

    private static final String DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final int OWN_LENGTH = 3;
    private static final int OWN_COUNT = 62 * 62 * 62;

    /** Steps by a number without a common divisor with the count, so that sessions of this JVM differ for long. */
    private static final int STEP = 101_009;

    private static final AtomicInteger NEXT_OWN =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(OWN_COUNT));

    private final String prefix;
    private final AtomicLong next = new AtomicLong();

    private CommandIds(String prefix) {
        this.prefix = prefix;
    }

    static CommandIds of(HandshakeMode mode) {
        return new CommandIds(Request.RESERVED + (mode == HandshakeMode.NONE ? random() + "." : own()));
    }

    String next() {
        return prefix + Long.toString(next.getAndIncrement(), RADIX);
    }

    private static String own() {
        int number = NEXT_OWN.getAndUpdate(n -> (n + STEP) % OWN_COUNT);
        StringBuilder own = new StringBuilder(OWN_LENGTH);
        for (int i = 0; i < OWN_LENGTH; i++) {
            own.append(DIGITS.charAt(number % DIGITS.length()));
            number /= DIGITS.length();
        }
        return own.toString();
    }

    private static String random() {
        return Long.toString(ThreadLocalRandom.current().nextLong(FIRST, FIRST * RADIX), RADIX);
    }
}
