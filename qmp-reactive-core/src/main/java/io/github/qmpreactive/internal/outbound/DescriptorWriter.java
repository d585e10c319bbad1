package io.github.qmpreactive.internal.outbound;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.transport.Descriptor;
import io.github.qmpreactive.internal.transport.DescriptorSender;
import org.jspecify.annotations.Nullable;

/**
 * Writes a descriptor and its command, with nothing between them. A descriptor bypasses the outbound buffer, and the
 * byte that carries it must not land inside a message: so what is written meanwhile waits until the buffer has drained
 * and the descriptor is with the kernel. Commands do not get as far as being written meanwhile: until they are, they can
 * be taken back.
 */
public final class DescriptorWriter {

    private final SessionLoop loop;
    private final OutboundWriter writer;
    private final DescriptorSender sender;

    public DescriptorWriter(SessionLoop loop, OutboundWriter writer, DescriptorSender sender) {
        this.loop = loop;
        this.writer = writer;
        this.sender = sender;
    }

    /** One descriptor with its command. Called on the event loop. */
    public interface Passing {

        /** Whether it is still to be sent; asked at the last moment. */
        boolean isWanted();

        /** The descriptor is with the kernel, the command behind it with the channel. */
        void onSent();

        /** Nothing was sent: refused, or, if there is no error, not wanted any more. */
        void onNotSent(@Nullable DescriptorPassingError error);
    }

    /**
     * Writes a descriptor, then its command, which may be empty. Tells when that is done, or why it cannot be; tells
     * nothing if the connection is broken, which ends the session.
     */
    public void write(Descriptor descriptor, byte[] command, Passing passing) {
        assert loop.isCurrent();
        writer.hold(() -> attempt(descriptor, command, passing));
    }

    private void attempt(Descriptor descriptor, byte[] command, Passing passing) {
        assert loop.isCurrent();
        if (!passing.isWanted()) {
            writer.resume();
            passing.onNotSent(null);
            return;
        }
        DescriptorSender.Result result;
        try {
            result = sender.send(descriptor);
        } catch (DescriptorPassingError e) {
            writer.resume();
            passing.onNotSent(e);
            return;
        }
        switch (result) {
            case SENT -> {
                writer.resume(command);
                passing.onSent();
            }
            case NOT_WRITABLE -> writer.whenWritable(() -> attempt(descriptor, command, passing));
            // The failure of this write is what ends the session.
            case BROKEN -> writer.resume(OutboundWriter.WHITE_SPACE);
        }
    }
}
