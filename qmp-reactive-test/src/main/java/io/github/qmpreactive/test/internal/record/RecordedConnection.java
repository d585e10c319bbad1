package io.github.qmpreactive.test.internal.record;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * One client, one connection to QEMU, and what goes between them: unchanged, in both directions, only as fast as the
 * other side takes it. A message is in the file before the last of its bytes is passed on, so that no answer can be there
 * before its question.
 */
final class RecordedConnection {

    private final RecordingWriter writer;
    private final int number;
    private final Connection client;
    private final Connection server;
    private final SecretReplies replies = new SecretReplies();

    RecordedConnection(RecordingWriter writer, int number, Connection client, Connection server) {
        this.writer = writer;
        this.number = number;
        this.client = client;
        this.server = server;
    }

    /** Completes when both sides are closed; errors if something cannot be written to the file. */
    Mono<Void> run() {
        return Mono.firstWithSignal(pipe(client, server, false), pipe(server, client, true))
                .doFinally(signal -> close());
    }

    void close() {
        client.dispose();
        server.dispose();
    }

    /** Completes when the sender has closed the connection, which is passed on then. */
    private Mono<Void> pipe(Connection from, Connection to, boolean isServer) {
        Tap tap = new Tap(writer::now, number, isServer, replies);
        return forward(from.inbound().receive().asByteArray(), bytes -> writer.append(tap.read(bytes))
                        .then(send(to, bytes)))
                .flatMap(reset ->
                        writer.append(List.of(tap.end(reset))).then(Mono.fromRunnable(() -> end(to.channel(), reset))));
    }

    /** Emits whether it was a reset when there is nothing more to pass on. */
    static Mono<Boolean> forward(Flux<byte[]> from, Function<byte[], Mono<Void>> to) {
        // One at a time, and none in advance: what the other side does not take is not read.
        return from.concatMap(to, 0).then(Mono.just(false)).onErrorResume(IOException.class, e -> Mono.just(true));
    }

    /** Never ends if it fails: then the other side has closed, and may have said something before that. */
    private static Mono<Void> send(Connection to, byte[] bytes) {
        return to.outbound().sendByteArray(Mono.just(bytes)).then().onErrorResume(e -> Mono.never());
    }

    private static void end(Channel channel, boolean reset) {
        if (reset) {
            // Not supported, and without effect, on a UNIX socket.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var unused = channel.close();
    }
}
