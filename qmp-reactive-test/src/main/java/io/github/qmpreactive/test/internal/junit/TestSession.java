package io.github.qmpreactive.test.internal.junit;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** A session that a test has as its parameter, and what ends it. */
public record TestSession(Object session, Mono<Void> end) implements ClosedByJUnit {

    /** For what has to happen, however slow the machine is. */
    public static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 20));

    @Override
    public void close() {
        end.block(PATIENCE);
    }
}
