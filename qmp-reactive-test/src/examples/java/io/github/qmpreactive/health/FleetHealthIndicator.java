package io.github.qmpreactive.health;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.supervise.Link;
import io.github.qmpreactive.supervise.Link.State;
import io.github.qmpreactive.supervise.Supervisor;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * How many machines of the fleet are connected: UP if all are, DEGRADED if some are not, DOWN if less than a share is. Machines
 * that were stopped on purpose do not count. It asks no machine, so that it answers at once.
 *
 * <p>One machine that is off is no fault of the application: DEGRADED is a 200. Keep this out of the liveness group, as it is by
 * default, since a restart would repair nothing and disconnect all machines.
 */
@Component
class FleetHealthIndicator implements ReactiveHealthIndicator {

    static final Status DEGRADED = new Status("DEGRADED", "Some machines are not connected");

    /** The answer stays small, however many there are. */
    private static final int LISTED = 100;

    private final QmpFleet fleet;
    private final double share;

    FleetHealthIndicator(QmpFleet fleet, @Value("${qmp.health.down-below:0.5}") double share) {
        this.fleet = fleet;
        this.share = share;
    }

    // snippet: health
    @Override
    public Mono<Health> health() {
        return Mono.fromSupplier(this::now);
    }

    private Health now() {
        int machines = 0;
        int connected = 0;
        Map<String, Object> away = new TreeMap<>();
        for (String name : fleet.names()) {
            Link link = fleet.machine(name).map(Supervisor::link).orElse(null);
            if (link != null && link.state() != State.STOPPED) {
                machines++;
                if (link.state() == State.UP) {
                    connected++;
                } else if (away.size() < LISTED) {
                    away.put(name, details(link));
                }
            }
        }
        return new Health.Builder(status(machines, connected))
                .withDetail("machines", machines)
                .withDetail("connected", connected)
                .withDetail("notConnected", away)
                .build();
    }

    private Status status(int machines, int connected) {
        if (connected == machines) {
            return Status.UP;
        }
        return connected < machines * share ? Status.DOWN : DEGRADED;
    }
    // end

    /** No message of an error: some have addresses, paths, or what a server sent. */
    private static Map<String, Object> details(Link link) {
        Map<String, Object> details = new TreeMap<>();
        details.put("state", link.state());
        details.put("since", link.since());
        details.put("attempt", link.attempt());
        link.cause().ifPresent(cause -> details.put("cause", name(cause)));
        return details;
    }

    private static String name(Throwable cause) {
        String name = cause.getClass().getSimpleName();
        if (cause instanceof ConnectError connect) {
            return name + " " + connect.reason();
        }
        return cause instanceof ConnectionLostError lost ? name + " " + lost.how() : name;
    }
}
