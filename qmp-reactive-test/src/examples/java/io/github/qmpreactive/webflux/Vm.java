package io.github.qmpreactive.webflux;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.supervise.Link;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisorOptions;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The one session of this application, shared by all requests. */
@Component
class Vm implements SmartLifecycle {

    private final QmpSupervisor supervisor;

    Vm(QmpClient client) {
        // Requests wait for the next attempt, so these have to be soon.
        supervisor = QmpSupervisor.of(
                client, SupervisorOptions.forMonitor().backoff(Duration.ofMillis(100), Duration.ofSeconds(1)));
    }

    /** The session, or the error of the next attempt to open one: no request waits for a machine that is off. */
    Mono<QmpSession> session() {
        Mono<QmpSession> failure = supervisor
                .links()
                .skip(1)
                .skipUntil(link -> link.state() == State.CONNECTING)
                .filter(link -> link.state() == State.DOWN)
                .next()
                .map(Link::cause)
                .flatMap(cause -> cause.<Mono<QmpSession>>map(Mono::error).orElse(Mono.never()));
        return Mono.firstWithSignal(supervisor.session(), failure);
    }

    /** Events and links, across sessions. */
    QmpSupervisor supervisor() {
        return supervisor;
    }

    @Override
    public void start() {
        supervisor.start();
    }

    /** Stops before the web server does, which else would wait for the streams of events to end. */
    @Override
    public void stop(Runnable stopped) {
        supervisor.stop();
        supervisor.stopped().doFinally(signal -> stopped.run()).subscribe();
    }

    @Override
    public void stop() {
        supervisor.stop();
    }

    @Override
    public boolean isRunning() {
        return supervisor.isRunning();
    }
}
