package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.fleet.FleetEvent;
import io.github.qmpreactive.fleet.Outcome;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.option.EventOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

/** Pieces that a user puts into a program of their own. */
final class FleetSnippets {

    // snippet: fleet
    QmpFleet fleet(Map<String, Path> sockets) {
        QmpFleet fleet = QmpFleet.create();
        sockets.forEach((name, socket) ->
                fleet.add(name, QmpClient.create().unixSocket(socket).probe(Duration.ofSeconds(30))));
        fleet.start(); // machines that are added later connect at once
        return fleet;
    }
    // end

    // snippet: fleet-each
    Flux<String> states(QmpFleet fleet) {
        return fleet.each(session -> session.execute("query-status"), Duration.ofSeconds(5))
                .map(outcome -> outcome.machine() + ": " + state(outcome));
    }

    String state(Outcome<JsonNode> outcome) {
        if (outcome instanceof Outcome.Value<JsonNode> done) {
            return done.value().orElseThrow().path("status").asString();
        } else if (outcome instanceof Outcome.NotConnected<JsonNode> missing) {
            return "unknown, since " + missing.link().since(); // not "stopped": that is not known
        }
        return "unknown, " + ((Outcome.Failed<JsonNode>) outcome).error().getMessage();
    }
    // end

    // snippet: fleet-events
    Flux<FleetEvent> shutdowns(QmpFleet fleet) {
        return fleet.events(EventOptions.named("SHUTDOWN", "GUEST_PANICKED")); // and the gaps
    }
    // end
}
