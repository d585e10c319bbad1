package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A monitor that dials in, and answers when QEMU is ready. QEMU opens its monitors in the order of its command line, and
 * runs commands when all of its devices are there: so once this one, the last, has answered, the others listen, and nothing
 * can fail to start any more. No polling, and no client on the other monitors.
 */
public final class ReadyMonitor implements AutoCloseable {

    private final QmpListener listener;
    private final Duration timeout;

    private ReadyMonitor(QmpListener listener, Duration timeout) {
        this.listener = listener;
        this.timeout = timeout;
    }

    public static ReadyMonitor listen(Path socket, Duration timeout) {
        QmpClient client =
                QmpClient.create().unixSocket(socket).name("start of QEMU").handshakeTimeout(timeout);
        return new ReadyMonitor(Objects.requireNonNull(client.listen().block(timeout)), timeout);
    }

    /**
     * Waits for QEMU; blocks.
     *
     * @throws IllegalStateException if it refuses to tell
     * @return what it answers to {@code query-chardev}; empty if it has ended, or the time is over
     */
    public Optional<JsonNode> await(Process qemu) {
        Mono<JsonNode> answer = listener.sessions().next().flatMap(ReadyMonitor::ask);
        Mono<JsonNode> failure = listener.failures().next().flatMap(Mono::error);
        Mono<JsonNode> end = Mono.fromFuture(qemu::onExit, true).then(Mono.empty());
        try {
            return Mono.firstWithSignal(answer, failure, end).blockOptional(timeout);
        } catch (ExecuteError e) {
            throw new IllegalStateException("QEMU refused query-chardev, which tells where it listens", e);
        } catch (QmpError | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static Mono<JsonNode> ask(QmpSession session) {
        return session.execute("query-chardev")
                .flatMap(answer -> session.disconnect().thenReturn(answer));
    }

    @Override
    public void close() {
        listener.close().block(timeout);
    }
}
