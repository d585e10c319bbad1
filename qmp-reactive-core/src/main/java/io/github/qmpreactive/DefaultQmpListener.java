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

    DefaultQmpListener(Reception reception, @Nullable JsonMapper mapper) {
        this.reception = reception;
        this.mapper = mapper;
    }

    @Override
    public String address() {
        return reception.address();
    }

    @Override
    public Flux<QmpSession> sessions() {
        return reception.sessions().map(negotiated -> new DefaultQmpSession(negotiated, mapper));
    }

    @Override
    public Flux<QmpError> failures() {
        return reception.failures();
    }

    @Override
    public Mono<Void> close() {
        return reception.close();
    }

    @Override
    public String toString() {
        return "QmpListener[" + address() + "]";
    }
}
