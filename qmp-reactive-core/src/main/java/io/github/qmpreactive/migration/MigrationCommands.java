package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.MigrationPostcopyError;
import io.github.qmpreactive.internal.operation.LastCommands;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The commands of QEMU that are about migration. They have no time limit: one that passes would say nothing of the migration,
 * and a busy QEMU is slow to reply.
 */
final class MigrationCommands {

    static final Duration RETRY = Duration.ofSeconds(1);

    /**
     * QEMU that has not replied by then, to a query right behind a cancel, hangs, or is busy with another thing than that. It is
     * less than {@code disconnect()} waits for.
     */
    static final Duration HANGS = Duration.ofMillis(500);

    /** A full queue has room at another time; nothing was sent. */
    static final Retry WHEN_FULL = Retry.from(failures -> failures.map(Retry.RetrySignal::failure)
            .concatMap(failure -> failure instanceof CommandQueueFullError
                    ? Operations.delay(RETRY).switchIfEmpty(Mono.error(failure))
                    : Mono.error(failure)));

    private final QmpSession session;
    private final SwitchInterlock interlock;

    MigrationCommands(QmpSession session) {
        this.session = session;
        this.interlock = SwitchInterlock.of(session);
    }

    static QmpCommand query() {
        return command("query-migrate");
    }

    static QmpCommand command(String name) {
        return Operations.patient(QmpCommand.of(name));
    }

    Mono<Void> run(QmpCommand command) {
        return session.execute(command).then();
    }

    /** Sets what has to be set before {@code migrate}. QEMU refuses it while another migration is under way. */
    Mono<Void> prepareSource(MigrationOptions options, MigrationAddress address, boolean hasDestination) {
        Optional<String> contradiction = MigrationCapabilities.contradiction(options, hasDestination);
        if (contradiction.isPresent()) {
            return Mono.error(new IllegalArgumentException("[" + session.name() + "] " + contradiction.get()));
        }
        boolean isSnapshot = MigrationCapabilities.isSnapshot(options);
        Mono<Void> capabilities = set(MigrationCapabilities.ofSource(
                        options, address, hasDestination, interlock.isSnapshot()))
                .doOnSuccess(set -> interlock.snapshot(isSnapshot))
                .doOnCancel(() -> interlock.snapshot(isSnapshot || interlock.isSnapshot()));
        // If QEMU refuses, the migration before goes on, and what is known of that still counts.
        return capabilities.then(setParameters(options)).doOnSuccess(done -> interlock.prepared());
    }

    /** Sets what has to be set before {@code migrate-incoming}. */
    Mono<Void> prepareDestination(MigrationOptions options) {
        return set(MigrationCapabilities.ofDestination(options)).then(setParameters(options));
    }

    private Mono<Void> set(Map<String, Boolean> capabilities) {
        return run(command("migrate-set-capabilities").arguments(MigrationCapabilities.arguments(capabilities)));
    }

    private Mono<Void> setParameters(MigrationOptions options) {
        ObjectNode parameters = options.parameters();
        return parameters.isEmpty()
                ? Mono.empty()
                : run(command("migrate-set-parameters").arguments(parameters));
    }

    /** The migration that begins with this command. */
    QmpCommand migrate(MigrationAddress address) {
        interlock.begin();
        return command("migrate").arguments(address.arguments());
    }

    /**
     * Cancels the migration that is under way, unless the destination may run the guest soon ({@link CancelLook}). In post-copy,
     * and on the way there, it errors where QEMU would do it and lose the guest.
     */
    Mono<Void> cancel() {
        return Mono.defer(() -> {
            int number = interlock.number();
            return LastCommands.holding(
                    session,
                    cancelOf(number, null)
                            .filter(status -> status.equals("setup"))
                            .flatMap(setup -> free(number)));
        });
    }

    /**
     * Emits the status in which it has sent the cancel.
     *
     * @param number of the migration, as this session counts
     * @param before when the queue had no room for the cancel; what is under way now may be another client's
     */
    private Mono<String> cancelOf(int number, @Nullable NoRoom before) {
        return look().retryWhen(WHEN_FULL)
                .filter(now -> interlock.number() == number)
                .flatMap(now -> before != null && now.canBeCancelled() && !now.isSameAs(before.look)
                        ? Mono.error(before.failure)
                        : cancelIn(now).onErrorResume(CommandQueueFullError.class, full -> Operations.delay(RETRY)
                                .switchIfEmpty(Mono.error(full))
                                .flatMap(tick -> cancelOf(number, new NoRoom(now, full)))));
    }

    /** A cancel that was not sent. */
    private record NoRoom(CancelLook look, CommandQueueFullError failure) {}

    /** The run state is asked for first. */
    private Mono<CancelLook> look() {
        return Mono.defer(() -> {
            long asked = Operations.nanos();
            return Mono.zip(
                            session.execute(command("query-migrate-capabilities")),
                            session.execute(command("query-status")),
                            session.execute(query()))
                    .map(all -> CancelLook.of(all.getT1(), all.getT2(), all.getT3(), asked));
        });
    }

    private Mono<String> cancelIn(CancelLook now) {
        if (now.isPostcopy()) {
            return Mono.error(new MigrationPostcopyError("[" + session.name() + "] The migration is in post-copy ("
                    + now.status() + ") and cannot be cancelled: nothing was sent"));
        }
        if (!now.canBeCancelled()) {
            return Mono.empty();
        }
        if (cancelLosesGuest()) {
            return Mono.error(new MigrationPostcopyError("[" + session.name() + "] The migration is in " + now.status()
                    + ", on its way to post-copy, where QEMU before 10.0 stops or loses the guest by a cancel: nothing was"
                    + " sent"));
        }
        return interlock.cancelling(run(command("migrate_cancel")).thenReturn(now.status()));
    }

    /** Whether post-copy may begin at any time, and QEMU would take a cancel then. */
    boolean cancelLosesGuest() {
        return interlock.isPostcopy()
                && session.greeting()
                        .filter(greeting -> greeting.version().major() >= 10)
                        .isEmpty();
    }

    /** Lets the guest run at the destination before its memory is there. */
    Mono<Void> startPostcopy() {
        return interlock.askingForPostcopy(run(QmpCommand.of("migrate-start-postcopy")));
    }

    /**
     * QEMU 11.1 that is cancelled just before it has connected hangs for ever in waiting for the destination, and replies to
     * nothing but commands out of band. {@code yank} breaks the connection off, and the guest runs on.
     */
    private Mono<Void> free(int number) {
        if (!session.capabilities().contains("oob")) {
            return Mono.empty();
        }
        QmpCommand yank = command("yank")
                .arguments(Map.of("instances", List.of(Map.of("type", "migration"))))
                .oob();
        Mono<String> reply = session.execute(query()).retryWhen(WHEN_FULL).map(MigrationCommands::statusIn);
        Mono<String> hangs = Operations.delay(HANGS)
                .filter(tick -> interlock.number() == number)
                .flatMap(tick -> run(yank))
                .then(Mono.never());
        return Mono.firstWithSignal(reply, hangs)
                .filter(status -> !status.equals(MigrationSide.CANCELLING))
                .repeatWhenEmpty(looks -> looks.concatMap(
                        look -> Operations.delay(Operations.pause(look, SwitchInterlock.PAUSE, RETRY)), 1))
                .onErrorComplete()
                .then();
    }

    /**
     * Lets a migration that waits before the switch go on, and completes when it does. If QEMU refuses, the migration may have
     * gone on or ended at that moment: errors only if it still waits, or if its status cannot be queried. Completes if the
     * session ends, and if this session has begun another migration meanwhile.
     *
     * @param onReply runs when QEMU has accepted
     */
    Mono<Void> switchOver(Runnable onReply) {
        return Mono.defer(() -> {
            int number = interlock.number();
            Mono<Void> goOn = Mono.defer(() -> interlock.number() == number
                            ? run(command("migrate-continue").arguments(Map.of("state", MigrationSide.PRE_SWITCHOVER)))
                            : Mono.empty())
                    .retryWhen(WHEN_FULL)
                    .onErrorResume(failure -> Operations.isEnd(failure)
                            ? Mono.empty()
                            : waits().onErrorMap(unknown -> failure)
                                    .flatMap(still -> still ? Mono.error(failure) : Mono.empty()));
            return interlock.switching(
                    goOn.doOnSuccess(accepted -> onReply.run()).then(awaitSwitch(number)));
        });
    }

    /** QEMU replies to migrate-continue before it goes on, and until then tells the status from before. */
    private Mono<Void> awaitSwitch(int number) {
        return waits().filter(still -> !still || interlock.number() != number)
                .repeatWhenEmpty(looks -> looks.concatMap(look -> Operations.delay(SwitchInterlock.PAUSE), 1))
                .onErrorComplete()
                .then();
    }

    private Mono<Boolean> waits() {
        return session.execute(query()).retryWhen(WHEN_FULL).map(info -> statusIn(info)
                .equals(MigrationSide.PRE_SWITCHOVER));
    }

    /** Out of band where that is enabled: QEMU's main loop may hang in what the command is to free it from. */
    Mono<Void> runAtOnce(QmpCommand command) {
        return run(session.capabilities().contains("oob") ? command.oob() : command);
    }

    static String statusIn(JsonNode info) {
        return info.path("status").asString("");
    }
}
