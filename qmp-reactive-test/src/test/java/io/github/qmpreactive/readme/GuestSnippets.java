package io.github.qmpreactive.readme;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.GuestStillRunningError;
import io.github.qmpreactive.guest.FreezeOptions;
import io.github.qmpreactive.guest.GuestCommand;
import io.github.qmpreactive.guest.GuestResult;
import io.github.qmpreactive.guest.QgaGuest;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Pieces that a user puts into a program of their own. */
final class GuestSnippets {

    // snippet: guest-exec
    Mono<String> freeSpace(QgaSession session) {
        return QgaGuest.of(session)
                .exec(GuestCommand.of("df", "-k", "/"), Duration.ofMinutes(1))
                .filter(GuestResult::isSuccess)
                .map(GuestResult::outputText);
    }
    // end

    // snippet: guest-exec-later
    Mono<GuestResult> upgrade(QgaGuest guest, GuestCommand command) {
        return guest.exec(command, Duration.ofMinutes(10))
                .onErrorResume(GuestStillRunningError.class, running -> guest.process(running.pid())
                        .result());
    }
    // end

    // snippet: guest-files
    Mono<Long> copy(QgaGuest from, QgaGuest to, String file) {
        return to.writeFile(file, from.readFile(file));
    }
    // end

    // snippet: guest-frozen
    Mono<JsonNode> snapshot(QmpSession monitor, QgaSession session, QgaClient agent) {
        Mono<JsonNode> work = monitor.execute(QmpCommand.of("blockdev-snapshot-sync")
                .arguments(Map.of("device", "disk0", "snapshot-file", "/var/lib/vm/overlay.qcow2"))
                .timeout(Duration.ofSeconds(20)));
        return QgaGuest.of(session).frozen(work, FreezeOptions.defaults().reconnect(agent));
    }
    // end
}
