package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** One wait for the end of a migration at its destination. Its state is used in turns alone. */
final class IncomingFollower {

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final MonoSink<Void> sink;
    private final Turns turns;
    private final Destination destination;

    private IncomingFollower(QmpSession session, MonoSink<Void> sink) {
        this.sink = sink;
        this.turns = new Turns(sink.contextView());
        this.destination = new Destination(session, turns, this::onChange);
    }

    static Mono<Void> mono(QmpSession session) {
        return Mono.create(sink -> new IncomingFollower(session, sink).begin());
    }

    private void begin() {
        sink.onCancel(turns::end);
        turns.run(destination::begin);
        turns.run(
                () -> turns.subscribe(Operations.ticks(INTERVAL), tick -> destination.look(), this::finish, () -> {}));
    }

    private void onChange() {
        if (destination.hasCompleted()) {
            finish(null);
        } else if (destination.hasFailed()) {
            finish(destination.unusable(""));
        }
    }

    private void finish(@Nullable Throwable error) {
        if (turns.hasEnded()) {
            return;
        }
        turns.end();
        if (error == null) {
            sink.success();
        } else {
            sink.error(error);
        }
    }
}
