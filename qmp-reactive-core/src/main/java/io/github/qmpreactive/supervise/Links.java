package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.Operations;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** The link at this moment, and those who follow it. Emits in turns. */
final class Links {

    private final Sinks.Many<Link> links;
    private volatile Link latest = Link.stopped(Operations.now());

    Links() {
        this.links = Sinks.many().replay().latestOrDefault(latest);
    }

    Link latest() {
        return latest;
    }

    Flux<Link> follow(Guards guards) {
        return guards.guard("links", links.asFlux().onBackpressureLatest());
    }

    void emit(Link link) {
        latest = link;
        links.tryEmitNext(link).orThrow();
    }
}
