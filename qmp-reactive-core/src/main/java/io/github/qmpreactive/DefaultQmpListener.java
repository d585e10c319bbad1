package io.github.qmpreactive;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.session.Reception;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The listener as users see it: hands out sessions as users see them. */
final class DefaultQmpListener implements QmpListener {

    private final Reception reception;
    private final @Nullable JsonMapper mapper;
    private final Unused unused;

    DefaultQmpListener(Reception reception, @Nullable JsonMapper mapper) {
        this.reception = reception;
        this.mapper = mapper;
        this.unused = Unused.watch(this, reception.close());
    }

    @Override
    public String address() {
        return reception.address();
    }

    @Override
    public Flux<QmpSession> sessions() {
        unused.used();
        @Nullable JsonMapper known = mapper;
        return reception.sessions().map(negotiated -> new DefaultQmpSession(negotiated, known));
    }

    @Override
    public Flux<QmpError> failures() {
        unused.used();
        return reception.failures();
    }

    @Override
    public Mono<Void> close() {
        unused.used();
        return reception.close();
    }

    @Override
    public String toString() {
        return "QmpListener[" + address() + "]";
    }
}
