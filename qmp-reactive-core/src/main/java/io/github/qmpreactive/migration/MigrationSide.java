package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.EventOptions;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * The source or the destination of a migration: how it is, as events tell at once, and query-migrate with figures. Used in
 * turns alone.
 */
final class MigrationSide {

    static final String COMPLETED = "completed";
    static final String CANCELLING = "cancelling";
    static final String CANCELLED = "cancelled";
    static final String PRE_SWITCHOVER = "pre-switchover";

    private static final Set<String> FINAL = Set.of(COMPLETED, "failed", CANCELLED);

    /** QEMU 7.2 has no times for a moment after {@code completed}, and any runs again a moment after a failure. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int TRIES = 10;

    private final QmpSession session;
    private final Turns turns;
    private final Runnable onChange;
    private final Consumer<Throwable> onFailure;
    private String status = "";
    private JsonNode info = MissingNode.getInstance();
    private String runState = "";

    /** How many events there were. What a reply tells is older than an event that came before it. */
    private int events;

    private boolean querying;
    private boolean answered;

    /**
     * One end.
     *
     * @param onChange runs when events or replies have told something
     * @param onFailure takes why the session tells no more, or why it cannot be asked
     */
    MigrationSide(QmpSession session, Turns turns, Runnable onChange, Consumer<Throwable> onFailure) {
        this.session = session;
        this.turns = turns;
        this.onChange = onChange;
        this.onFailure = onFailure;
    }

    /**
     * Runs a command, and takes what happens from then on. QEMU reads the query behind it, so its reply comes after that of the
     * command, and is about what the command has begun.
     */
    void begin(QmpCommand command) {
        turns.subscribe(
                session.executeAndListen(command, EventOptions.named("MIGRATION")),
                this::onEvent,
                onFailure,
                () -> onFailure.accept(ended()));
        query();
    }

    /** Asks how it is, unless a reply is awaited. */
    void query() {
        if (querying) {
            return;
        }
        querying = true;
        int before = events;
        turns.subscribe(
                session.execute(MigrationCommands.query()).flux(),
                reply -> onReply(reply, before),
                this::onQueryFailed,
                () -> {});
    }

    private void onEvent(QmpEvent event) {
        String told = MigrationCommands.statusIn(event.data());
        if (!told.isEmpty() && !isFinal()) {
            events++;
            status = told;
            onChange.run();
        }
    }

    /**
     * While the command waited for its turn, events may have told of the end of another migration. The first reply is about what
     * the command has begun, but may be older than an event that did tell of that: then the next one decides.
     */
    private void onReply(JsonNode reply, int before) {
        querying = false;
        info = reply;
        String told = MigrationCommands.statusIn(reply);
        boolean doubtful = !answered && isFinal();
        if (!told.isEmpty() && (doubtful || (events == before && !isFinal()))) {
            status = told;
        }
        answered = true;
        onChange.run();
        if (doubtful && !isFinal()) {
            query();
        }
    }

    private void onQueryFailed(Throwable failure) {
        querying = false;
        if (failure instanceof CommandQueueFullError) {
            turns.subscribe(Operations.delay(MigrationCommands.RETRY).flux(), tick -> query(), onFailure, () -> {});
        } else if (!Operations.isEnd(failure)) {
            onFailure.accept(failure);
        }
    }

    /** Asks how it has ended. Never errors: what is not told stays unknown. */
    Mono<Void> examine() {
        Mono<JsonNode> counted = session.execute(MigrationCommands.query())
                .doOnNext(reply -> {
                    if (MigrationCommands.statusIn(reply).equals(status)) {
                        info = reply;
                    }
                })
                .filter(reply -> !MigrationProgress.hasNoTimes(reply));
        Mono<String> settled = session.execute(MigrationCommands.command("query-status"))
                .map(MigrationCommands::statusIn)
                .doOnNext(state -> runState = state)
                .filter(state -> !state.equals("finish-migrate"));
        return again(counted).then(again(settled)).then();
    }

    private static <T> Mono<T> again(Mono<T> query) {
        return query.retryWhen(MigrationCommands.WHEN_FULL)
                .repeatWhenEmpty(tries -> tries.take(TRIES).delayElements(PAUSE))
                .onErrorComplete();
    }

    MigrationProgress progress() {
        return MigrationProgress.of(status, info);
    }

    String status() {
        return status;
    }

    /** As query-status has told at the end; empty if it has not. */
    String runState() {
        return runState;
    }

    /** QEMU's text; empty if there is none. */
    String reason() {
        return info.path("error-desc").asString("");
    }

    boolean isAnswered() {
        return answered;
    }

    boolean isFinal() {
        return FINAL.contains(status);
    }

    boolean is(String other) {
        return status.equals(other);
    }

    /** Of a status that this client does not know, too. */
    static boolean isUnderWay(String status) {
        return !status.isEmpty() && !status.equals("none") && !FINAL.contains(status);
    }

    static boolean isPostcopy(String status) {
        return status.startsWith("postcopy-");
    }

    private StateError ended() {
        return new StateError(
                "[" + session.name() + "] The session ended during a migration; QmpMigration.follow on the next session"
                        + " tells how it goes on, or has ended",
                SessionState.DISCONNECTED,
                SessionState.RUNNING);
    }
}
