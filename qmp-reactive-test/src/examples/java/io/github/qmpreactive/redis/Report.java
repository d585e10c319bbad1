package io.github.qmpreactive.redis;

import io.github.qmpreactive.fleet.FleetEvent;
import io.github.qmpreactive.fleet.FleetLink;
import io.github.qmpreactive.fleet.Outcome;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.supervise.Link;
import io.github.qmpreactive.supervise.SupervisedEvent;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a host's service has to say about a machine.
 *
 * @param machine the name of the machine
 * @param kind {@code event}, {@code gap}, {@code link} or {@code outcome}
 * @param name of the event, or of the command; the state of a link; why events may be missing
 * @param data JSON of the event or of the reply, or the text of an error; may be empty
 * @param time when it was; may be empty
 */
record Report(String machine, String kind, String name, String data, String time) {

    static final String EVENT = "event";
    static final String GAP = "gap";
    static final String LINK = "link";
    static final String OUTCOME = "outcome";

    /** The first of a machine: what it sent while no service ran cannot be known. */
    static Report started(String machine) {
        return new Report(machine, GAP, "started", "", "");
    }

    static Report of(FleetEvent event) {
        if (event.event() instanceof SupervisedEvent.Received received) {
            QmpEvent qmp = received.event();
            return new Report(
                    event.machine(),
                    EVENT,
                    qmp.name(),
                    qmp.data().toString(),
                    qmp.timestamp().map(Instant::toString).orElse(""));
        }
        SupervisedEvent.Gap gap = (SupervisedEvent.Gap) event.event();
        return new Report(
                event.machine(),
                GAP,
                gap.cause().map(cause -> cause.getClass().getSimpleName()).orElse("disconnected"),
                gap.from() + "/" + gap.until(),
                gap.until().toString());
    }

    static Report of(FleetLink fleetLink) {
        Optional<Link> link = fleetLink.link();
        return new Report(
                fleetLink.machine(),
                LINK,
                link.map(l -> l.state().name()).orElse("REMOVED"),
                link.flatMap(Link::cause).map(Report::text).orElse(""),
                link.map(l -> l.since().toString()).orElse(""));
    }

    /** What a command has come to, and when: it may wait before it is written. */
    static Report of(String command, Outcome<JsonNode> outcome, Instant time) {
        String data;
        if (outcome instanceof Outcome.Value<JsonNode> value) {
            data = value.value().map(JsonNode::toString).orElse("");
        } else if (outcome instanceof Outcome.Failed<JsonNode> failed) {
            data = text(failed.error());
        } else {
            data = "not connected";
        }
        return new Report(outcome.machine(), OUTCOME, command, data, time.toString());
    }

    private static String text(Throwable error) {
        return error.getClass().getSimpleName() + ": " + error.getMessage();
    }
}
