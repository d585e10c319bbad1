package io.github.qmpreactive.internal.commands;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the commands that are queued or unanswered, and their bytes, against the limits. Safe for any thread. */
final class QueueLimits {

    private final long maxAccepted;
    private final long maxBytes;

    /** Commands in band that were accepted and are not over. */
    private final AtomicLong accepted = new AtomicLong();

    /** The same of those out of band: they bypass the window, and have the same limit. */
    private final AtomicLong acceptedOob = new AtomicLong();

    /** The bytes of all that were accepted and are not over: until then their memory is in use. */
    private final AtomicLong acceptedBytes = new AtomicLong();

    QueueLimits(CommandSettings settings) {
        this.maxAccepted = (long) settings.maxInFlight() + settings.maxQueued();
        this.maxBytes = settings.maxQueuedBytes();
    }

    /** Takes a place for a command. Returns false if there is none. */
    boolean tryAccept(Request request) {
        AtomicLong counter = counter(request);
        if (counter.incrementAndGet() <= maxAccepted || request.isUnlimited()) {
            return true;
        }
        counter.decrementAndGet();
        return false;
    }

    /** Gives back the place of a command that is over, or was never submitted. */
    void release(Request request) {
        counter(request).decrementAndGet();
    }

    /** Takes room for the bytes of a command. Returns false if there is not enough. */
    boolean tryAcceptBytes(Request request, int bytes) {
        if (request.isUnlimited()) {
            acceptedBytes.addAndGet(bytes);
            return true;
        }
        long taken = acceptedBytes.get();
        while (taken + bytes <= maxBytes) {
            if (acceptedBytes.compareAndSet(taken, taken + bytes)) {
                return true;
            }
            taken = acceptedBytes.get();
        }
        return false;
    }

    /** Gives back the bytes of a command that is over, or was never submitted. */
    void releaseBytes(int bytes) {
        acceptedBytes.addAndGet(-bytes);
    }

    private AtomicLong counter(Request request) {
        return request.oob() ? acceptedOob : accepted;
    }
}
