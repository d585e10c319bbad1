package io.github.qmpreactive.test.internal.record;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

@DisplayName("What goes through a recorder")
class RecordedConnectionTest {

    @Test
    @DisplayName("is read only as fast as the other side takes it")
    void backpressure() {
        AtomicLong requested = new AtomicLong();
        Queue<Sinks.Empty<Void>> sending = new ArrayDeque<>();
        Flux<byte[]> from =
                Flux.range(0, 3).map(n -> new byte[] {n.byteValue()}).doOnRequest(requested::addAndGet);
        StepVerifier.create(RecordedConnection.forward(from, bytes -> {
                    Sinks.Empty<Void> sent = Sinks.empty();
                    sending.add(sent);
                    return sent.asMono();
                }))
                .then(() -> assertEquals(1, requested.get()))
                .then(() -> sending.remove().tryEmitEmpty().orThrow())
                .then(() -> assertEquals(2, requested.get()))
                .then(() -> sending.remove().tryEmitEmpty().orThrow())
                .then(() -> sending.remove().tryEmitEmpty().orThrow())
                .expectNext(false)
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("ends as a reset if reading fails, and as an error of its own if writing to the file does")
    void ends() {
        StepVerifier.create(RecordedConnection.forward(Flux.error(new IOException("reset")), bytes -> Mono.empty()))
                .expectNext(true)
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(RecordedConnection.forward(
                        Flux.just(new byte[1]), bytes -> Mono.error(new IllegalStateException("full"))))
                .expectErrorMessage("full")
                .verify(PATIENCE);
    }
}
