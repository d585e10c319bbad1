package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationPostcopyError;
import io.github.qmpreactive.internal.operation.LastCommands;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** QEMU that has not replied by then, to a query right behind a cancel, hangs, or is busy with another thing than that. */
    static final Duration HANGS = Duration.ofSeconds(3);

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
        Map<String, Boolean> capabilities = new LinkedHashMap<>();
        // Also unset: QEMU keeps what an earlier migration has set.
        address.hasReturnPath().ifPresent(has -> capabilities.put("return-path", has));
        // So that a cancel cannot cross with the switch, which begins only when this client continues. QEMU refuses it
        // for a
        // snapshot, which no guest runs from.
        boolean mayRun = (hasDestination || address.mayBeMachine())
                && !Boolean.TRUE.equals(options.capabilities().get("background-snapshot"));
        capabilities.put(
                "pause-before-switchover",
                options.preSwitchover().isPresent() || (options.cancelsMigrationOnCancel() && mayRun));
        // QEMU refuses it while the migration before goes on, and what is known of that still counts then.
        return prepare(options, capabilities).doOnSuccess(done -> interlock.postcopy(false));
    }

    /** Sets what has to be set before {@code migrate-incoming}. */
    Mono<Void> prepareDestination(MigrationOptions options) {
        return prepare(options, new LinkedHashMap<>());
    }

    private Mono<Void> prepare(MigrationOptions options, Map<String, Boolean> capabilities) {
        capabilities.put("events", true);
        capabilities.putAll(options.capabilities());
        options.preSwitchover().ifPresent(work -> capabilities.replace("pause-before-switchover", true));
        List<Map<String, Object>> all = capabilities.entrySet().stream()
                .map(each -> Map.<String, Object>of("capability", each.getKey(), "state", each.getValue()))
                .toList();
        ObjectNode parameters = options.parameters();
        return run(command("migrate-set-capabilities").arguments(Map.of("capabilities", all)))
                .then(
                        parameters.isEmpty()
                                ? Mono.empty()
                                : run(command("migrate-set-parameters").arguments(parameters)));
    }

    /**
     * Cancels the migration that is under way, unless the destination may run the guest soon: QEMU 7.2 to 11.1 accept it then, and
     * the guest runs at both ends. In post-copy it errors: QEMU before 10.0 would do it, and destroy the guest.
     *
     * <p>The run state is asked for first. If the guest is stopped then, and the status is not {@code pre-switchover} after that,
     * it is the switch for which it was stopped; or it is about to wait before that, if it does so at all.
     */
    Mono<Void> cancel() {
        return LastCommands.holding(session, cancelNow())
                .filter(status -> status.equals("setup"))
                .flatMap(setup -> free());
    }

    /** Emits the status in which it has sent the cancel. */
    private Mono<String> cancelNow() {
        return Mono.zip(
                        session.execute(command("query-migrate-capabilities")),
                        session.execute(command("query-status")),
                        session.execute(query()))
                .flatMap(all -> cancelIn(statusIn(all.getT3()), statusIn(all.getT2()), waitsBeforeSwitch(all.getT1())))
                .retryWhen(WHEN_FULL);
    }

    private Mono<String> cancelIn(String status, String runState, boolean waitsBeforeSwitch) {
        if (MigrationSide.isPostcopy(status)) {
            return Mono.error(new MigrationPostcopyError("[" + session.name() + "] The migration is in post-copy ("
                    + status + ") and cannot be cancelled: nothing was sent"));
        }
        if (interlock.isPostcopy() && !canCancelPostcopy() && status.equals(MigrationSide.PRE_SWITCHOVER)) {
            return Mono.error(new MigrationPostcopyError("[" + session.name() + "] The migration waits in " + status
                    + " for post-copy, where a cancel makes QEMU before 10.0 lose the guest: nothing was sent"));
        }
        boolean isBeforeSwitch =
                status.equals(MigrationSide.PRE_SWITCHOVER) || (waitsBeforeSwitch && status.equals("active"));
        boolean switches = status.equals("device") || (runState.equals("finish-migrate") && !isBeforeSwitch);
        if (!MigrationSide.isUnderWay(status) || status.equals(MigrationSide.CANCELLING) || switches) {
            return Mono.empty();
        }
        return interlock.cancelling(
                run(command("migrate_cancel")).thenReturn(status),
                Operations.delay(SwitchInterlock.PAUSE).flatMap(tick -> cancelNow()));
    }

    private boolean canCancelPostcopy() {
        return session.greeting()
                .filter(greeting -> greeting.version().major() >= 10)
                .isPresent();
    }

    /** Lets the guest run at the destination before its memory is there. */
    Mono<Void> startPostcopy() {
        return Mono.defer(() -> {
            boolean before = interlock.isPostcopy();
            interlock.postcopy(true);
            return run(QmpCommand.of("migrate-start-postcopy"))
                    .doOnError(ExecuteError.class, refusal -> interlock.postcopy(before));
        });
    }

    private static boolean waitsBeforeSwitch(JsonNode capabilities) {
        return capabilities
                .valueStream()
                .anyMatch(each -> each.path("capability").asString("").equals("pause-before-switchover")
                        && each.path("state").asBoolean(false));
    }

    /**
     * QEMU 11.1 that is cancelled just before it has connected hangs for ever in waiting for the destination, and replies to
     * nothing but commands out of band. {@code yank} breaks the connection off, and the guest runs on.
     */
    private Mono<Void> free() {
        if (!session.capabilities().contains("oob")) {
            return Mono.empty();
        }
        QmpCommand yank = command("yank")
                .arguments(Map.of("instances", List.of(Map.of("type", "migration"))))
                .oob();
        Mono<String> reply = session.execute(query()).retryWhen(WHEN_FULL).map(MigrationCommands::statusIn);
        Mono<String> hangs = Operations.delay(HANGS).flatMap(tick -> run(yank)).then(Mono.never());
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
     * session ends.
     */
    Mono<Void> switchOver() {
        Mono<Void> goOn = run(command("migrate-continue").arguments(Map.of("state", MigrationSide.PRE_SWITCHOVER)))
                .retryWhen(WHEN_FULL)
                .onErrorResume(failure -> Operations.isEnd(failure)
                        ? Mono.empty()
                        : waits().onErrorMap(unknown -> failure)
                                .flatMap(still -> still ? Mono.error(failure) : Mono.empty()));
        return interlock.switching(LastCommands.holding(session, goOn).then(awaitSwitch()));
    }

    /** QEMU replies to migrate-continue before it goes on, and until then tells the status from before. */
    private Mono<Void> awaitSwitch() {
        return waits().filter(still -> !still)
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
