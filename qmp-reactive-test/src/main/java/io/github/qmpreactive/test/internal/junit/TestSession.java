package io.github.qmpreactive.test.internal.junit;

import reactor.core.publisher.Mono;

/** A session that a test has as its parameter, and what ends it. */
public record TestSession(Object session, Mono<Void> end) implements ClosedByJUnit {

    @Override
    public void close() {
        Waiting.finish(end);
    }
}
