package io.github.qmpreactive.observed;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.observe.MicrometerMeters;
import io.github.qmpreactive.observe.MicrometerObserver;
import io.github.qmpreactive.observe.QmpObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** An application whose commands show in its metrics and spans. */
@SpringBootApplication
public class ObservedApplication {

    @Bean
    QmpObserver qmpObserver(ObservationRegistry observations, MeterRegistry meters) {
        return MicrometerObserver.of(observations).and(MicrometerMeters.of(meters));
    }

    @Bean
    QmpClient qmpClient(@Value("${qmp.address}") String address, QmpObserver observer) {
        return QmpClient.create().address(address).name("vm").observer(observer);
    }

    /** In the place of a tracer: whose child each command is. */
    @Bean
    Parents parents() {
        return new Parents();
    }

    static final class Parents implements ObservationHandler<Observation.Context> {

        final List<String> seen = new CopyOnWriteArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        @Override
        public void onStop(Observation.Context context) {
            var parent = context.getParentObservation();
            if (String.valueOf(context.getName()).startsWith("qmp.")) {
                seen.add(context.getContextualName() + " in "
                        + (parent == null ? "none" : parent.getContextView().getName()));
            }
        }
    }

    @RestController
    static class Machine {

        private final Mono<QmpSession> session;

        Machine(QmpClient client) {
            this.session = client.connect().cacheInvalidateIf(open -> !open.isRunning());
        }

        @GetMapping("/run/{command}")
        Mono<String> run(@PathVariable String command) {
            Map<String, Object> arguments = command.equals("object-add")
                    ? Map.of("qom-type", "secret", "id", "sekret0", "data", "hunter2")
                    : Map.of();
            return session.flatMap(open -> open.execute(command, arguments))
                    .map(Object::toString)
                    .onErrorResume(e -> Mono.just(e.getClass().getSimpleName()));
        }
    }
}
