package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.internal.transport.Descriptor;
import io.github.qmpreactive.internal.transport.DescriptorSender;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a descriptor and its command, with nothing between them. A descriptor bypasses the outbound buffer, and the
 * byte that carries it must not land inside a message: so what is written meanwhile waits until the buffer has drained
 * and the descriptor is with the kernel.
 */
final class DescriptorWriter {

    private final SessionLoop loop;
    private final OutboundWriter writer;
    private final DescriptorSender sender;

    DescriptorWriter(SessionLoop loop, OutboundWriter writer, DescriptorSender sender) {
        this.loop = loop;
        this.writer = writer;
        this.sender = sender;
    }

    /**
     * Writes a descriptor, then its command, which may be empty. Tells when that is done, or why it cannot be; tells
     * nothing if the connection is broken, which ends the session.
     */
    void write(Descriptor descriptor, byte[] command, Consumer<@Nullable DescriptorPassingError> done) {
        assert loop.isCurrent();
        writer.hold(() -> attempt(descriptor, command, done));
    }

    private void attempt(Descriptor descriptor, byte[] command, Consumer<@Nullable DescriptorPassingError> done) {
        assert loop.isCurrent();
        DescriptorSender.Result result;
        try {
            result = sender.send(descriptor);
        } catch (DescriptorPassingError e) {
            writer.resume();
            done.accept(e);
            return;
        }
        switch (result) {
            case SENT -> {
                writer.resume(command);
                done.accept(null);
            }
            case NOT_WRITABLE -> writer.whenWritable(() -> attempt(descriptor, command, done));
            // The failure of this write is what ends the session.
            case BROKEN -> writer.resume(OutboundWriter.WHITE_SPACE);
        }
    }
}
