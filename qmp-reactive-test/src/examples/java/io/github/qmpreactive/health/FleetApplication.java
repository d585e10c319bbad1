package io.github.qmpreactive.health;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.fleet.QmpFleet;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** An application with a fleet: the properties {@code qmp.machines.NAME} are the addresses of its monitors. */
@SpringBootApplication
class FleetApplication {

    /** How long a monitor may be silent: a QEMU that hangs is not connected. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** The first one counts. */
    private static final List<Status> ORDER =
            List.of(Status.DOWN, Status.OUT_OF_SERVICE, FleetHealthIndicator.DEGRADED, Status.UP, Status.UNKNOWN);

    @Bean(initMethod = "start", destroyMethod = "stop")
    QmpFleet fleet(Environment environment) {
        QmpFleet fleet = QmpFleet.create();
        Binder.get(environment)
                .bind("qmp.machines", Bindable.mapOf(String.class, String.class))
                .ifBound(machines -> machines.forEach((name, address) ->
                        fleet.add(name, QmpClient.create().address(address).probe(SILENCE))));
        return fleet;
    }

    /** Without a place in this order a status of one's own does not count. */
    @Bean
    StatusAggregator statusAggregator() {
        return statuses -> ORDER.stream().filter(statuses::contains).findFirst().orElse(Status.UNKNOWN);
    }
}
