package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A supervisor in virtual time, and the times of its attempts. */
final class Supervised implements AutoCloseable {

    static final ConnectError REFUSED = new ConnectError(Reason.REFUSED, "[vm] Refused", null);
    static final ConnectError FORBIDDEN = new ConnectError(Reason.NOT_PERMITTED, "[vm] Not permitted", null);
    static final ConnectionLostError LOST = new ConnectionLostError(How.RESET, "[vm] Reset", null);
    static final SupervisorOptions<QmpSession> STEADY =
            SupervisorOptions.forMonitor().jitter(0);

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
    private final List<Long> attempts = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private final Iterator<Mono<QmpSession>> connections;
    final QmpSupervisor supervisor;

    /** What each attempt has for an answer; later ones are refused. */
    Supervised(UnaryOperator<SupervisorOptions<QmpSession>> options, List<Mono<QmpSession>> connections) {
        this.connections = connections.iterator();
        this.supervisor = QmpSupervisor.of("vm", Mono.defer(this::connect), options.apply(STEADY));
        supervisor.links().subscribe(links::add);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    Supervised(UnaryOperator<SupervisorOptions<QmpSession>> options, Mono<QmpSession>... connections) {
        this(options, List.of(connections));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    Supervised(Mono<QmpSession>... connections) {
        this(options -> options, List.of(connections));
    }

    static Mono<QmpSession> opens(StubSession session) {
        return Mono.fromSupplier(() -> session.session);
    }

    private synchronized Mono<QmpSession> connect() {
        attempts.add(Schedulers.parallel().now(TimeUnit.MILLISECONDS));
        return connections.hasNext() ? connections.next() : Mono.error(REFUSED);
    }

    Supervised started() {
        supervisor.start();
        return this;
    }

    void passes(Duration time) {
        clock.advanceTimeBy(time);
    }

    void passes(long millis) {
        passes(Duration.ofMillis(millis));
    }

    /** When it has tried to connect, in milliseconds. */
    synchronized List<Long> attempts() {
        return List.copyOf(attempts);
    }

    List<Link> links() {
        return List.copyOf(links);
    }

    List<Link.State> states() {
        return links.stream().map(Link::state).toList();
    }

    Link last() {
        return links.get(links.size() - 1);
    }

    @Override
    public void close() {
        supervisor.stop();
        VirtualTimeScheduler.reset();
    }
}
