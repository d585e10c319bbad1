package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.option.FdSource;
import java.util.concurrent.atomic.AtomicInteger;

/** A descriptor of our own: opened or duplicated for one call, and closed exactly once. */
public final class Descriptor implements AutoCloseable {

    private static final int CLOSED = -1;

    private final AtomicInteger number;
    private final FdSource source;

    private Descriptor(int number, FdSource source) {
        this.number = new AtomicInteger(number);
        this.source = source;
    }

    /**
     * Opens or duplicates it, where JNA is known to work.
     *
     * @param prefix what the message of an error begins with
     * @param source what to open or duplicate
     * @return ours, to be closed
     * @throws DescriptorPassingError if that cannot be
     */
    public static Descriptor take(String prefix, FdSource source) {
        if (source instanceof FdSource.OfPath file) {
            int opened = Libc.open(file.path().toString(), file.access());
            if (opened < 0) {
                throw new DescriptorPassingError(
                        Reason.CANNOT_OPEN, prefix + source + " cannot be opened: " + Libc.describe(-opened), null);
            }
            return new Descriptor(opened, source);
        }
        int theirs = ((FdSource.OfNumber) source).number();
        int copy = Libc.duplicate(theirs);
        if (copy < 0) {
            throw new DescriptorPassingError(
                    copy == -Libc.EBADF ? Reason.BAD_DESCRIPTOR : Reason.CANNOT_OPEN,
                    prefix + source + " cannot be passed: " + Libc.describe(-copy),
                    null);
        }
        return new Descriptor(copy, source);
    }

    /** Its number; negative once it is closed. */
    int number() {
        return number.get();
    }

    /**
     * Whether it was closed.
     *
     * @return whether it was
     */
    public boolean isClosed() {
        return number() == CLOSED;
    }

    /** Closes it, the first time. */
    @Override
    public void close() {
        int open = number.getAndSet(CLOSED);
        if (open != CLOSED) {
            int ignored = Libc.close(open);
        }
    }

    /** For messages: what was asked for. */
    @Override
    public String toString() {
        return source.toString();
    }
}
