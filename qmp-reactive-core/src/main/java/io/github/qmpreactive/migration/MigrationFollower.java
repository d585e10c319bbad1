package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.MigrationNotFoundError;
import io.github.qmpreactive.error.MigrationPostcopyError;
import io.github.qmpreactive.internal.operation.LastCommands;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.internal.operation.Turns;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * One subscription to the progress of a migration, from what is set before it to its end at the source, and at the destination
 * where that has a session. Its state is used in turns alone.
 */
final class MigrationFollower {

    /** How long one end has to notice what has happened to the other. */
    static final Duration SETTLE = Duration.ofSeconds(1);

    /** In these the source may wait for ever for a destination that is gone, and has not sent what would make that run. */
    private static final Set<String> WAITING = Set.of("setup", "wait-unplug", MigrationSide.PRE_SWITCHOVER);

    private final QmpSession session;
    private final MigrationCommands commands;
    private final MigrationOptions options;
    private final FluxSink<MigrationProgress> sink;
    private final Turns turns;
    private final MigrationSide source;
    private final @Nullable Destination destination;
    private final @Nullable MigrationAddress address;
    private @Nullable MigrationProgress emitted;
    private boolean preparing;
    private boolean begun;
    private boolean started;

    /** Whether the stop before the switch, and the work there, was begun, and why the switch is not to be. */
    private boolean working;

    private @Nullable Throwable veto;

    /** Whether the destination may run the guest soon, whatever the status is. */
    private boolean switched;

    private boolean cancelling;

    /** Why it was not cancelled. */
    private @Nullable MigrationPostcopyError refused;

    /** Continues past the switch, or cancels the migration. A cancel of the subscription does not cancel this command. */
    private @Nullable Disposable sending;

    private boolean examining;
    private boolean examined;
    private boolean settling;
    private boolean settled;

    private MigrationFollower(
            QmpSession session,
            @Nullable QmpSession destination,
            @Nullable MigrationAddress address,
            MigrationOptions options,
            FluxSink<MigrationProgress> sink) {
        this.session = session;
        this.commands = new MigrationCommands(session);
        this.options = options;
        this.sink = sink;
        this.address = address;
        this.turns = new Turns(sink.contextView());
        this.source = new MigrationSide(session, turns, this::onSource, this::onSourceFailure);
        this.destination = destination == null ? null : new Destination(destination, turns, this::onDestination);
    }

    /** Starts a migration, or follows the latest if there is no address. A subscriber without demand gets the latest. */
    static Flux<MigrationProgress> flux(
            QmpSession session,
            @Nullable QmpSession destination,
            @Nullable MigrationAddress address,
            MigrationOptions options) {
        return Flux.create(
                sink -> new MigrationFollower(session, destination, address, options, sink).begin(),
                FluxSink.OverflowStrategy.LATEST);
    }

    private void begin() {
        sink.onCancel(() -> {
            // Who cancels may disconnect right after that.
            turns.onEnd(LastCommands.hold(session));
            turns.run(this::onCancel);
        });
        if (destination == null) {
            turns.run(this::prepare);
        } else {
            turns.run(destination::begin);
        }
    }

    private void prepare() {
        preparing = true;
        if (address == null) {
            startWith(MigrationCommands.query());
        } else {
            turns.perform(
                    commands.prepareSource(options, address, destination != null),
                    this::finish,
                    () -> startWith(commands.migrate(address)));
        }
    }

    private void startWith(QmpCommand command) {
        begun = true;
        source.begin(command);
    }

    private void onSource() {
        if (!started && source.isAnswered()) {
            started = true;
            if (!source.isFinal() && address == null && !MigrationSide.isUnderWay(source.status())) {
                finish(new MigrationNotFoundError(
                        "[" + session.name() + "] QEMU has not migrated since it was started"));
                return;
            }
            turns.subscribe(Operations.ticks(options.interval()), tick -> onTick(), this::finish, () -> {});
        }
        if (!source.isFinal()) {
            emit();
            stop();
        } else if (switched && sending != null) {
            // What waits to be sent is not for the next migration.
            sending.dispose();
        }
        decide();
    }

    private void onTick() {
        if (!source.isFinal()) {
            source.query();
        }
        if (destination != null) {
            destination.look();
        }
    }

    private void emit() {
        MigrationProgress now = source.progress();
        if (!now.status().isEmpty() && now.isNewsAfter(emitted)) {
            emitted = now;
            sink.next(now);
        }
    }

    /** The guest is stopped, and waits for the switch. */
    private void stop() {
        if (refused != null && source.is(MigrationSide.PRE_SWITCHOVER)) {
            finish(MigrationErrors.waits(session, destination, veto == null ? refused : veto));
        } else if (isInCharge() && started && !working && !cancelling && source.is(MigrationSide.PRE_SWITCHOVER)) {
            working = true;
            Mono<Void> work = options.preSwitchover()
                    .map(given -> Flux.defer(() -> given).then())
                    .orElse(Mono.empty());
            turns.perform(work, this::forbid, this::switchOver);
        }
    }

    /** Whether it decides about the migration, and does not only follow that. */
    private boolean isInCharge() {
        return address != null
                || options.cancelsMigrationOnCancel()
                || options.preSwitchover().isPresent()
                || Boolean.TRUE.equals(options.capabilities().get("pause-before-switchover"));
    }

    private void switchOver() {
        if (!cancelling) {
            switched = true;
            send(held -> commands.switchOver(held).onErrorResume(refusal -> {
                turns.run(() -> {
                    veto = refusal;
                    switched = false;
                    cancelling = true;
                });
                return cancelOrWait();
            }));
        }
    }

    private void forbid(Throwable reason) {
        veto = reason;
        cancel();
    }

    private void cancel() {
        if (!cancelling) {
            cancelling = true;
            send(held -> cancelOrWait());
        }
    }

    /** On its way to post-copy it may not be cancelled, and waits before that if it stops there. */
    private Mono<Void> cancelOrWait() {
        return commands.cancel()
                .doOnError(
                        MigrationPostcopyError.class,
                        refusal -> turns.run(() -> {
                            refused = refusal;
                            stop();
                        }));
    }

    /** Not in turns, which end with the subscription. The end of the migration decides, not what becomes of this command. */
    private void send(Function<Runnable, Mono<Void>> command) {
        // The session is held until this has ended for good: one command may follow from another.
        sending = LastCommands.holding(session, command)
                .contextWrite(sink.contextView())
                .subscribe(none -> {}, failure -> {});
    }

    /** How it has ended, or stays. Not before the reply to its start: an error reply may undo an end. */
    private void examine() {
        if (!examining) {
            examining = true;
            String status = source.status();
            turns.perform(source.examine(), this::finish, () -> {
                examining = false;
                examined = source.is(status);
                if (examined) {
                    emit();
                }
                decide();
            });
        }
    }

    /** If the session is lost after the end, the end is known; figures that QEMU has not reported stay unknown. */
    private void onSourceFailure(Throwable failure) {
        if (!started || !source.isFinal()) {
            finish(failure);
        }
    }

    private void onDestination() {
        if (destination == null) {
            return;
        }
        if (begun) {
            decide();
        } else if (address == null ? destination.tells() : destination.isAnswered() && !destination.hasEnded()) {
            if (!preparing) {
                prepare();
            }
        } else if (destination.hasFailed() || (address != null && destination.hasCompleted())) {
            finish(destination.unusable("; the migration was not begun, and nothing was sent to the source"));
        }
    }

    private void decide() {
        if (!started || turns.hasEnded()) {
            return;
        }
        if (!source.isFinal()) {
            if (destination != null && destination.hasFailed() && hasSettled()) {
                giveUp(destination);
            }
        } else if (examined) {
            conclude();
        } else {
            examine();
        }
    }

    /** The destination has failed, and the source has not noticed. */
    private void giveUp(Destination failed) {
        boolean waits = failed.hasToldFailure() || (WAITING.contains(source.status()) && !switched);
        if (source.is("postcopy-paused") || (waits && !isInCharge())) {
            // It is not to be followed to its end from here.
            if (examined) {
                finish(MigrationErrors.failed(session, source, failed, !commands.cancelLosesGuest()));
            } else {
                examine();
            }
        } else if (waits) {
            cancel();
        }
        // Else the destination may live, without a monitor, and the source finds out.
    }

    private void conclude() {
        if (source.is(MigrationSide.COMPLETED)) {
            if (destination == null || destination.hasCompleted()) {
                boolean skipped = options.preSwitchover().isPresent() && !switched && (address != null || working);
                finish(skipped ? MigrationErrors.notStopped(session, source, destination) : null);
            } else if (destination.hasFailed()) {
                finish(MigrationErrors.failed(session, source, destination));
            }
        } else if (destination == null || !(destination.isLoading() || destination.isExamining()) || hasSettled()) {
            boolean bothHaveIt = destination != null && destination.hasCompleted();
            boolean mayStillTakeIt = destination != null && destination.isLoading();
            boolean wasCancelledElsewhere = source.is(MigrationSide.CANCELLED) && !cancelling;
            if (veto != null && !bothHaveIt) {
                boolean runsOn = source.runState().equals("running");
                finish(runsOn ? veto : MigrationErrors.failed(session, source, destination, veto));
            } else if (wasCancelledElsewhere && !bothHaveIt && !mayStillTakeIt) {
                finish(MigrationErrors.cancelled(session, source));
            } else {
                finish(MigrationErrors.failed(session, source, destination));
            }
        }
    }

    /** Whether the time has passed that the ends have to notice each other. It begins when this is asked first. */
    private boolean hasSettled() {
        if (!settling) {
            settling = true;
            turns.subscribe(Operations.delay(SETTLE).flux(), tick -> {}, this::finish, () -> {
                settled = true;
                decide();
            });
        }
        return settled;
    }

    private void onCancel() {
        boolean ended = started && source.isFinal();
        boolean sends = sending != null && !sending.isDisposed();
        boolean cancels = begun && options.cancelsMigrationOnCancel() && !ended && !switched && !sends;
        Runnable release = LastCommands.hold(session);
        try {
            // Migrate is not sent if it waits for its turn. If it was sent, QEMU reads what follows after it.
            turns.end();
            if (cancels) {
                send(held -> commands.cancel());
            }
        } finally {
            release.run();
        }
    }

    private void finish(@Nullable Throwable error) {
        if (turns.hasEnded()) {
            return;
        }
        turns.end();
        if (error == null) {
            sink.complete();
        } else {
            sink.error(error);
        }
    }
}
