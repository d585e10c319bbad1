package io.github.qmpreactive.test.internal.net;

import reactor.core.publisher.Mono;

/** How a fake comes by its connections. */
public interface FakeSocket {

    /**
     * Where it listens, or whom it dials.
     *
     * @return {@code tcp:host:port} or {@code unix:/path}
     */
    String address();

    /** Lets no more connections come about; those that are open stay open. */
    Mono<Void> close();
}
