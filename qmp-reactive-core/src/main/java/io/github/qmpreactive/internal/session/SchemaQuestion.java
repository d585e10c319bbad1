package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.internal.commands.ResultTypes;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.loop.GuardedSubscriber;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.schema.QmpSchema;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;
import tools.jackson.databind.JsonNode;

/**
 * Asks the server for its schema, and keeps the answer. Reactor's operators that share a value are not used: they drop one
 * that comes at the moment of the last cancel onto Reactor's hooks.
 */
final class SchemaQuestion {

    private static final QmpCommand QUERY = QmpCommand.of("query-qmp-schema");

    private final SessionLog log;
    private final Mono<JsonNode> query;
    private final AtomicReference<@Nullable Attempt> current = new AtomicReference<>();

    /**
     * A question that was not asked yet.
     *
     * @param commands runs a command at each subscription
     */
    SchemaQuestion(SessionLog log, Function<QmpCommand, Mono<JsonNode>> commands) {
        this.log = log;
        this.query = commands.apply(QUERY);
    }

    /** Those who subscribe before the answer share one command, which is cancelled when the last of them cancels. */
    Mono<QmpSchema> answer() {
        return Mono.deferContextual(context -> {
            while (true) {
                Attempt attempt = Objects.requireNonNull(
                        current.updateAndGet(running -> running == null ? new Attempt() : running));
                if (attempt.join(context)) {
                    return GuardedSubscriber.guard(log, "the schema", attempt.answer.asMono())
                            .doFinally(end -> attempt.leave());
                }
                current.compareAndSet(attempt, null);
            }
        });
    }

    private QmpSchema read(JsonNode reply) {
        try {
            return QmpSchema.of(reply);
        } catch (IllegalArgumentException e) {
            throw ResultTypes.error(log.session(), QUERY, "QmpSchema", reply, String.valueOf(e.getMessage()), e);
        }
    }

    /** One command, and those who wait for its answer. */
    private final class Attempt {

        private static final int ALL_LEFT = -1;

        private final Sinks.One<QmpSchema> answer = Sinks.one();
        private final AtomicInteger waiting = new AtomicInteger();
        private final Disposable.Swap command = Disposables.swap();

        /** Counts one more, and sends the command for the first one; false if all have left. */
        boolean join(ContextView context) {
            int before = waiting.getAndUpdate(Attempt::oneMore);
            if (before == 0) {
                // Its end is a value, too: what comes behind a cancel is not dropped onto Reactor's hooks.
                command.update(query.map(SchemaQuestion.this::read)
                        .materialize()
                        .doOnNext(this::end)
                        .then()
                        .contextWrite(context)
                        .subscribe());
            }
            return before != ALL_LEFT;
        }

        private static int oneMore(int count) {
            return count == ALL_LEFT ? ALL_LEFT : count + 1;
        }

        void leave() {
            if (waiting.updateAndGet(count -> count == 1 ? ALL_LEFT : count - 1) == ALL_LEFT) {
                current.compareAndSet(this, null);
                command.dispose();
            }
        }

        private void end(Signal<QmpSchema> end) {
            QmpSchema schema = end.get();
            if (schema != null) {
                // A schema counts as one who does not leave, so that it stays.
                waiting.updateAndGet(Attempt::oneMore);
                answer.tryEmitValue(schema).orThrow();
            } else {
                current.compareAndSet(this, null);
                answer.tryEmitError(Objects.requireNonNull(end.getThrowable())).orThrow();
            }
        }
    }
}
