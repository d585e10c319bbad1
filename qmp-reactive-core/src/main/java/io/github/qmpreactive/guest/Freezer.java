package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The commands that freeze and thaw file systems; none of them waits for anything else. */
record Freezer(QgaSession session) {

    private static final String STATUS = "guest-fsfreeze-status";
    private static final String THAW = "guest-fsfreeze-thaw";

    /** How many file systems it has frozen. */
    Mono<Integer> freeze(FreezeOptions options) {
        List<String> mountPoints = options.mountPoints();
        String name = mountPoints.isEmpty() ? "guest-fsfreeze-freeze" : "guest-fsfreeze-freeze-list";
        QmpCommand freeze = QmpCommand.of(name).timeout(options.freezeLimit());
        return count(mountPoints.isEmpty() ? freeze : freeze.arguments(Map.of("mountpoints", mountPoints)));
    }

    /** How many file systems it has thawed. */
    Mono<Integer> thaw() {
        return count(QmpCommand.of(THAW));
    }

    Mono<Integer> thaw(Duration limit) {
        return count(QmpCommand.of(THAW).timeout(limit));
    }

    Mono<Boolean> isFrozen() {
        return session.execute(STATUS).map(status -> {
            String word = status.asString("");
            if (!word.equals("frozen") && !word.equals("thawed")) {
                throw new AgentReply(session, STATUS, status).unusable("it is neither frozen nor thawed", null);
            }
            return word.equals("frozen");
        });
    }

    private Mono<Integer> count(QmpCommand command) {
        return session.execute(command)
                .map(reply -> new AgentReply(session, command.name(), reply).integer(0, Integer.MAX_VALUE));
    }
}
