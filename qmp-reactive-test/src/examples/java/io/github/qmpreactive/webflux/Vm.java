package io.github.qmpreactive.webflux;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The one session of this application, shared by all requests. The first request that needs it connects, and so does the
 * first request after it has ended. Failures to connect are not kept: the next request tries again.
 */
@Component
class Vm implements SmartLifecycle {

    private final AtomicReference<@Nullable QmpSession> latest = new AtomicReference<>();
    private final Mono<QmpSession> session;
    private volatile boolean running;

    Vm(QmpClient client) {
        this.session = client.connect().doOnNext(latest::set).cacheInvalidateIf(session -> !session.isRunning());
    }

    Mono<QmpSession> session() {
        return session;
    }

    @Override
    public void start() {
        running = true;
    }

    /** Stops before the web server does, which else would wait for the streams of events to end. */
    @Override
    public void stop(Runnable stopped) {
        running = false;
        Mono.justOrEmpty(latest.get())
                .flatMap(QmpSession::disconnect)
                .doFinally(signal -> stopped.run())
                .subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
