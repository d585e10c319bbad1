package io.github.qmpreactive.test;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** What one client has sent: filled on the connection's event loop, read from anywhere. */
final class Received {

    private final List<ReceivedCommand> commands = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Sinks.Many<ReceivedCommand> sink = Sinks.many().replay().all();

    void add(ReceivedCommand command) {
        synchronized (commands) {
            commands.add(command);
        }
        sink.tryEmitNext(command);
    }

    void add(ByteBuf more) {
        synchronized (bytes) {
            try {
                more.getBytes(more.readerIndex(), bytes, more.readableBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    void end() {
        sink.tryEmitComplete();
    }

    List<ReceivedCommand> list() {
        synchronized (commands) {
            return List.copyOf(commands);
        }
    }

    Flux<ReceivedCommand> flux() {
        return sink.asFlux();
    }

    byte[] bytes() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }
}
