package io.github.qmpreactive;

import io.github.qmpreactive.internal.agent.AgentSession;
import io.github.qmpreactive.internal.session.Session;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.SessionState;
import java.lang.ref.Reference;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The session with an agent as users see it. */
final class DefaultQgaSession implements QgaSession {

    private final AgentSession agent;
    private final Session session;
    private final Conversions conversions;
    private final CloseOnCollect unused;

    DefaultQgaSession(AgentSession agent, @Nullable JsonMapper mapper) {
        this.agent = agent;
        this.session = agent.session();
        this.conversions = new Conversions(session::name, mapper);
        this.unused = CloseOnCollect.watch(this, session.disconnect());
    }

    /** From now on it is its user's to disconnect. */
    private Session use() {
        try {
            unused.used();
            return session;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String name() {
        return session.name();
    }

    @Override
    public SessionState state() {
        return session.state();
    }

    @Override
    public Flux<SessionState> states() {
        return use().states();
    }

    @Override
    public Mono<JsonNode> execute(String command) {
        unused.used();
        return Mono.defer(() -> execute(conversions.command(command)));
    }

    @Override
    public Mono<JsonNode> execute(String command, Object arguments) {
        unused.used();
        return Mono.defer(() -> execute(conversions.command(command, arguments)));
    }

    @Override
    public Mono<JsonNode> execute(QmpCommand command) {
        return use().execute(command);
    }

    @Override
    public <T> Mono<T> execute(String command, Class<T> type) {
        unused.used();
        return Mono.defer(() -> execute(conversions.command(command), type));
    }

    @Override
    public <T> Mono<T> execute(QmpCommand command, Class<T> type) {
        return conversions.convert(command, execute(command), type);
    }

    @Override
    public <T> Mono<T> execute(QmpCommand command, TypeReference<T> type) {
        return conversions.convert(command, execute(command), type.getType());
    }

    @Override
    public Mono<Void> executeWithoutReply(QmpCommand command, Duration silence) {
        unused.used();
        return agent.executeWithoutReply(command, ClientConfig.limit("silence", silence));
    }

    @Override
    public Mono<Void> disconnect() {
        return use().disconnect();
    }

    @Override
    public Mono<Void> onDisconnect() {
        return use().onDisconnect();
    }

    @Override
    public String toString() {
        return "QgaSession[" + name() + ", " + state() + "]";
    }
}
