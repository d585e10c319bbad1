package io.github.qmpreactive.internal.codec;

import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * One large buffer for each thread that decodes: large messages come one after another, here or there among the sessions
 * of an event loop, and a session that waits for none is not to keep one.
 */
final class SpareBuffer {

    private static final int MAX_SIZE = 1024 * 1024;

    private static final FastThreadLocal<byte @Nullable []> SPARE = new FastThreadLocal<>();

    private SpareBuffer() {}

    /** The buffer of this thread, if there is one and it is large enough: it is the caller's then. */
    static byte @Nullable [] take(int size) {
        byte[] spare = SPARE.get();
        if (spare == null || spare.length < size) {
            return null;
        }
        SPARE.remove();
        return spare;
    }

    /** Takes a buffer that is not used any more. */
    static void give(byte[] buffer) {
        if (buffer.length <= MAX_SIZE) {
            SPARE.set(buffer);
        }
    }
}
