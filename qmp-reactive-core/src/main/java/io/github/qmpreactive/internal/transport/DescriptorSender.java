package io.github.qmpreactive.internal.transport;

/** Sends descriptors on one connection. */
public interface DescriptorSender {

    /** What became of an attempt. */
    enum Result {
        /** The kernel has it. */
        SENT,
        /** The connection takes nothing now; nothing was sent. */
        NOT_WRITABLE,
        /** The connection takes nothing any more; nothing was sent. */
        BROKEN
    }

    /**
     * Sends a descriptor with one byte of white space; does not wait. To be called on the event loop, when nothing of a
     * message is left to be written, or the byte would land inside it.
     *
     * @param descriptor the descriptor
     * @return whether it was sent
     * @throws io.github.qmpreactive.error.DescriptorPassingError if the system refuses this one; nothing was sent
     */
    Result send(Descriptor descriptor);
}
