package io.github.qmpreactive.internal.transport;

import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.qmpreactive.error.ConnectError;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("A binder whose handler cannot be created")
class BinderTest {

    static Stream<Throwable> thrown() {
        return Stream.of(new IllegalStateException("x"), new NoClassDefFoundError("x"));
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneak(Throwable error) throws E {
        throw (E) error;
    }

    @ParameterizedTest
    @MethodSource("thrown")
    @DisplayName("errors with what was thrown as cause, and stops listening")
    void handler(Throwable thrown) {
        AtomicReference<BoundSocket> bound = new AtomicReference<>();
        Mono<AcceptHandler> listening = new Binder("vm", new Endpoint.Tcp("127.0.0.1", 0), null, null)
                .bind(bound::set, socket -> {
                    throw BinderTest.<RuntimeException>sneak(thrown);
                });
        StepVerifier.create(listening)
                .expectErrorSatisfies(e -> {
                    ConnectError error = assertInstanceOf(ConnectError.class, e);
                    assertEquals(ConnectError.Reason.OTHER, error.reason());
                    assertSame(thrown, error.getCause());
                })
                .verify(PATIENCE);
        bound.get().end().block(PATIENCE);
    }
}
