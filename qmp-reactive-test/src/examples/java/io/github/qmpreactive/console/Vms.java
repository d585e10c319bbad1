package io.github.qmpreactive.console;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.EventOverflow;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisorOptions;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The machines by name, and the one subscription to what the fleet tells of them. */
@Component
class Vms implements SmartLifecycle {

    /** A machine with more news than this between two turns of the event loop loses the oldest, which the log says. */
    private static final EventOptions EVENTS =
            EventOptions.all().bufferSize(1000).overflow(EventOverflow.DROP_OLDEST);

    private static final Duration FIRST_RETRY = Duration.ofMillis(250);

    private static final Duration SILENCE = Duration.ofSeconds(20);

    /** How long people wait for a reply: QEMU may run the command yet. Jobs and migrations have no limit. */
    static final String TIMEOUT = "${console.timeout:30s}";

    private final QmpFleet fleet;
    private final Duration timeout;
    private final SupervisorOptions<QmpSession> options;
    private final Map<String, Vm> vms = new LinkedHashMap<>();
    private final Sinks.Empty<Void> stopping = Sinks.empty();

    Vms(
            QmpFleet fleet,
            @Value("${console.machines:}") String machines,
            @Value(TIMEOUT) Duration timeout,
            @Value("${console.retry:10s}") Duration lastRetry) {
        this.fleet = fleet;
        this.timeout = timeout;
        this.options = SupervisorOptions.forMonitor().backoff(FIRST_RETRY, lastRetry);
        Addresses.of(machines).forEach(this::add);
        fleet.events(EVENTS).subscribe(event -> of(event.machine()).ifPresent(vm -> vm.happened(event.event())));
        fleet.links().subscribe(link -> of(link.machine())
                .ifPresent(vm -> link.link().ifPresent(vm::linked)));
    }

    private void add(String name, String address) {
        Rates rates = new Rates();
        QmpClient client = QmpClient.create()
                .address(address)
                .probe(SILENCE)
                .commandTimeout(timeout)
                .observer(rates.observer());
        QmpSupervisor supervisor = fleet.add(name, client, options);
        vms.put(name, new Vm(name, supervisor, rates));
    }

    Collection<Vm> all() {
        return vms.values();
    }

    Optional<Vm> of(String name) {
        return Optional.ofNullable(vms.get(name));
    }

    /** The machine of a request; 404 if there is none. */
    Vm get(String name) {
        return of(name).orElseThrow(
                        () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such machine"));
    }

    /** Completes when the application stops. */
    Mono<Void> stopping() {
        return stopping.asMono();
    }

    /** Of browsers, to the machines and to the end. */
    int subscriptions() {
        return stopping.currentSubscriberCount()
                + all().stream().mapToInt(Vm::subscriptions).sum();
    }

    @Override
    public void start() {
        fleet.start();
    }

    /** Before the web server, which else would wait for the streams to end. */
    @Override
    public void stop(Runnable stopped) {
        Sinks.EmitResult unused = stopping.tryEmitEmpty();
        fleet.stop();
        fleet.stopped().doFinally(signal -> stopped.run()).subscribe();
    }

    @Override
    public void stop() {
        fleet.stop();
    }

    @Override
    public boolean isRunning() {
        return fleet.isRunning();
    }
}
