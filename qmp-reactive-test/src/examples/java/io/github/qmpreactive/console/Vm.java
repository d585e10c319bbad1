package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.supervise.Link;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/** A machine as all browsers see it: its state, its log, and the session that they share. */
final class Vm {

    /** After these the run state may be another one. */
    private static final Set<String> CHANGES = Set.of(
            "STOP",
            "RESUME",
            "RESET",
            "SHUTDOWN",
            "SUSPEND",
            "WAKEUP",
            "GUEST_PANICKED",
            "WATCHDOG",
            "BLOCK_IO_ERROR",
            "MIGRATION");

    private final String name;
    private final QmpSupervisor supervisor;
    private final Rates rates;
    private final Log log = new Log();
    private final Sinks.Many<VmState> states = Sinks.many().replay().latest();
    private final Sinks.Many<String> questions = Sinks.many().multicast().directBestEffort();
    private final Tasks tasks = new Tasks(this);
    private VmState state;

    /** The link that the log tells: attempts that fail, one after the other, are no news. */
    private String told = "stopped";

    Vm(String name, QmpSupervisor supervisor, Rates rates) {
        this.name = name;
        this.supervisor = supervisor;
        this.rates = rates;
        this.state = VmState.named(name);
        change(now -> now);
        questions
                .asFlux()
                .onBackpressureLatest()
                .concatMap(question -> Mono.justOrEmpty(supervisor.current()).flatMap(this::askStatus), 1)
                .subscribe();
    }

    String name() {
        return name;
    }

    /** The state at this moment, then each change; a browser that reads slowly gets the latest. */
    Flux<VmState> states() {
        return states.asFlux().onBackpressureLatest().map(VmState::asOfNow);
    }

    Log log() {
        return log;
    }

    /** Of browsers: none when there is none. */
    int subscriptions() {
        return states.currentSubscriberCount() + log.subscriptions() + rates.subscriptions();
    }

    Rates rates() {
        return rates;
    }

    /** The session, or an error at once: people try again, and the page shows when. */
    Mono<QmpSession> session() {
        return Mono.defer(
                () -> supervisor.current().map(Mono::just).orElseGet(() -> Mono.error(new NotConnected(name))));
    }

    /** The session, or the next one. */
    Mono<QmpSession> nextSession() {
        return supervisor.session();
    }

    Tasks tasks() {
        return tasks;
    }

    /** Connects again, after it gave up. */
    void connect() {
        supervisor.start();
    }

    void happened(SupervisedEvent event) {
        if (event instanceof SupervisedEvent.Gap gap) {
            long millis = Duration.between(gap.from(), gap.until()).toMillis();
            String cause = gap.cause().map(Words::of).map(words -> ": " + words).orElse("");
            log.add("gap", "", null, "Events of " + millis + " ms may be missing" + cause, gap.from());
        } else if (event instanceof SupervisedEvent.Received received) {
            QmpEvent qmp = received.event();
            log.add(
                    "event",
                    qmp.name(),
                    Masked.json(qmp.data()).toString(),
                    null,
                    qmp.timestamp().orElse(null));
            if (CHANGES.contains(qmp.name())) {
                ask();
            }
        }
    }

    void linked(Link link) {
        String word = link.state().name().toLowerCase(Locale.ROOT);
        String cause = link.cause().map(Words::of).orElse(null);
        Instant next = link.next().orElse(null);
        String version = link.version().map(Object::toString).orElse(null);
        change(now -> {
            if (link.state() != State.CONNECTING && !word.equals(told)) {
                told = word;
                log.add("link", word, null, cause, link.since());
            }
            return new VmState(name, word, cause, link.attempt(), next, null, version, null, now.tasks());
        });
        if (link.state() == State.UP) {
            ask();
        }
    }

    /** Asks QEMU. Ignores the reply of a session that has ended meanwhile: another QEMU may be there. */
    private Mono<JsonNode> askStatus(QmpSession session) {
        return session.execute("query-status")
                .doOnNext(reply -> changeIn(
                        session, now -> now.withStatus(reply.path("status").asString(""), null)))
                .doOnError(e -> changeIn(session, now -> now.withStatus(null, Words.of(e))))
                .onErrorComplete();
    }

    private void changeIn(QmpSession session, UnaryOperator<VmState> change) {
        boolean isCurrent = supervisor.current().filter(session::equals).isPresent();
        change(now -> isCurrent && now.link().equals("up") ? change.apply(now) : now);
    }

    private void ask() {
        // None is lost: what follows is asked at the latest when the answer before has come.
        Sinks.EmitResult unused = questions.tryEmitNext(name);
    }

    synchronized void change(UnaryOperator<VmState> change) {
        state = change.apply(state);
        states.tryEmitNext(state).orThrow();
    }

    synchronized VmState state() {
        return state;
    }
}
