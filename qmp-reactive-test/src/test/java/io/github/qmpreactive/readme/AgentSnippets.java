package io.github.qmpreactive.readme;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.message.QmpCommand;
import java.nio.file.Path;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The README's part on the guest agent, as it is printed there. */
final class AgentSnippets {

    record OsInfo(String id, String name) {}

    private AgentSnippets() {}

    static Flux<OsInfo> osInfo() {
        // snippet: agent
        QgaClient agent =
                QgaClient.create().unixSocket(Path.of("/run/vm-agent.sock")).handshakeTimeout(Duration.ofSeconds(3));

        Flux<OsInfo> os =
                agent.withSession(session -> session.execute(QmpCommand.of("guest-get-osinfo"), OsInfo.class));

        Mono<Void> shutdown = agent.withSession(session -> session.executeWithoutReply(QmpCommand.of("guest-shutdown")))
                .then();
        // end
        return os.delayUntil(info -> shutdown);
    }
}
