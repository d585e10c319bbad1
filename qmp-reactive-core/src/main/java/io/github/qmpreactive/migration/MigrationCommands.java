package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.MigrationPostcopyError;
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

    /** A full queue has room at another time; nothing was sent. */
    static final Retry WHEN_FULL = Retry.from(failures -> failures.map(Retry.RetrySignal::failure)
            .concatMap(failure -> failure instanceof CommandQueueFullError
                    ? Operations.delay(RETRY).switchIfEmpty(Mono.error(failure))
                    : Mono.error(failure)));

    private final QmpSession session;

    MigrationCommands(QmpSession session) {
        this.session = session;
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
    Mono<Void> prepareSource(MigrationOptions options, MigrationAddress address) {
        Map<String, Boolean> capabilities = new LinkedHashMap<>();
        // Also unset: QEMU keeps what an earlier migration has set.
        address.hasReturnPath().ifPresent(has -> capabilities.put("return-path", has));
        capabilities.put("pause-before-switchover", options.preSwitchover().isPresent());
        return prepare(options, capabilities);
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
     * it is the switch for which it was stopped.
     */
    Mono<Void> cancel() {
        return Mono.zip(session.execute(command("query-status")), session.execute(query()))
                .flatMap(both -> cancelIn(statusIn(both.getT2()), statusIn(both.getT1())))
                .retryWhen(WHEN_FULL);
    }

    private Mono<Void> cancelIn(String status, String runState) {
        if (MigrationEnd.isPostcopy(status)) {
            return Mono.error(new MigrationPostcopyError("[" + session.name() + "] The migration is in post-copy ("
                    + status + ") and cannot be cancelled: nothing was sent"));
        }
        boolean switches = status.equals("device")
                || (runState.equals("finish-migrate") && !status.equals(MigrationEnd.PRE_SWITCHOVER));
        return MigrationEnd.isUnderWay(status) && !switches ? run(command("migrate_cancel")) : Mono.empty();
    }

    /**
     * Lets a migration that waits before the switch go on. If QEMU refuses, the migration may have gone on or ended at that
     * moment: errors only if it still waits, or if its status cannot be queried. Completes if the session ends.
     */
    Mono<Void> switchOver() {
        return run(command("migrate-continue").arguments(Map.of("state", MigrationEnd.PRE_SWITCHOVER)))
                .retryWhen(WHEN_FULL)
                .onErrorResume(failure -> Operations.isEnd(failure)
                        ? Mono.empty()
                        : session.execute(query())
                                .retryWhen(WHEN_FULL)
                                .onErrorMap(unknown -> failure)
                                .flatMap(info -> statusIn(info).equals(MigrationEnd.PRE_SWITCHOVER)
                                        ? Mono.error(failure)
                                        : Mono.empty()));
    }

    /** Out of band where that is enabled: QEMU's main loop may hang in what the command is to free it from. */
    Mono<Void> runAtOnce(QmpCommand command) {
        return run(session.capabilities().contains("oob") ? command.oob() : command);
    }

    static String statusIn(JsonNode info) {
        return info.path("status").asString("");
    }
}
