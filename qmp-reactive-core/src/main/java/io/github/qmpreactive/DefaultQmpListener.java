package io.github.qmpreactive;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.listen.SessionAcceptor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The listener as users see it: hands out sessions as users see them. */
final class DefaultQmpListener implements QmpListener {

    private final SessionAcceptor acceptor;
    private final @Nullable JsonMapper mapper;
    private final CloseOnCollect unused;

    DefaultQmpListener(SessionAcceptor acceptor, @Nullable JsonMapper mapper) {
        this.acceptor = acceptor;
        this.mapper = mapper;
        this.unused = CloseOnCollect.watch(this, acceptor.close());
    }

    @Override
    public String address() {
        return acceptor.address();
    }

    @Override
    public Flux<QmpSession> sessions() {
        unused.used();
        @Nullable JsonMapper known = mapper;
        return acceptor.sessions().map(negotiated -> new DefaultQmpSession(negotiated, known));
    }

    @Override
    public Flux<QmpError> failures() {
        unused.used();
        return acceptor.failures();
    }

    @Override
    public Mono<Void> close() {
        unused.used();
        return acceptor.close();
    }

    @Override
    public String toString() {
        return "QmpListener[" + address() + "]";
    }
}
