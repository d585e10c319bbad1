package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.job.JobProgress;
import io.github.qmpreactive.job.QmpJobs;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.supervise.KeyedListener;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import io.github.qmpreactive.supervise.SupervisorOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Pieces that a user puts into a program of their own. */
final class SuperviseSnippets {

    /** What a program knows of its machine. */
    interface Machine {
        void is(JsonNode status, List<JobProgress> jobs, JsonNode devices);

        void has(QmpEvent event);

        void missed(Gap gap);
    }

    // snippet: supervise-status
    Mono<JsonNode> status(QmpSupervisor vm) { // QmpSupervisor.of(client), and start() it once
        return vm.session().timeout(Duration.ofSeconds(5)).flatMap(session -> session.execute("query-status"));
    }
    // end

    // snippet: supervise
    QmpSupervisor supervise(QmpClient client, Machine machine) {
        return QmpSupervisor.of(
                client.probe(Duration.ofSeconds(30)), // a QEMU that is silent is lost, too
                SupervisorOptions.forMonitor().onConnect(session -> reconcile(session, machine)));
    }

    /** Reads again what may have changed while there was no session. */
    Mono<Void> reconcile(QmpSession session, Machine machine) {
        return Mono.zip(
                        session.execute("query-status"),
                        QmpJobs.of(session).list().collectList(),
                        session.execute("qom-list", Map.of("path", "/machine/peripheral")))
                .doOnNext(now -> machine.is(now.getT1(), now.getT2(), now.getT3()))
                .then();
    }
    // end

    // snippet: supervise-events
    Mono<Void> follow(QmpSupervisor vm, Machine machine) {
        return vm.events()
                .doOnNext(event -> {
                    if (event instanceof Received received) {
                        machine.has(received.event());
                    } else if (event instanceof Gap gap) {
                        machine.missed(gap);
                    }
                })
                .then(); // when the supervisor is stopped
    }
    // end

    // snippet: supervise-dial-in
    List<QmpSupervisor> supervise(QmpListener listener, List<String> names) {
        KeyedListener machines = KeyedListener.of(listener, session -> session.execute("query-name")
                .map(reply -> reply.path("name").asString())); // as in -name web
        return names.stream().map(machines::supervisor).toList();
    }
    // end
}
