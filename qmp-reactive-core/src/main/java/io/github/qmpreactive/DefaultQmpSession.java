package io.github.qmpreactive;

import io.github.qmpreactive.internal.operation.LastCommands;
import io.github.qmpreactive.internal.session.NegotiatedSession;
import io.github.qmpreactive.internal.session.Session;
import io.github.qmpreactive.message.FdSetInfo;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.AddFdOptions;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.option.IdPolicy;
import io.github.qmpreactive.schema.QmpSchema;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The session as users see it: converts to and from their classes, and leaves the rest to the session itself. */
final class DefaultQmpSession implements QmpSession {

    private final Session session;
    private final @Nullable Greeting greeting;
    private final Set<String> capabilities;
    private final Conversions conversions;
    private final CloseOnCollect unused;

    DefaultQmpSession(NegotiatedSession negotiated, @Nullable JsonMapper mapper) {
        this.session = negotiated.session();
        this.greeting = negotiated.greeting();
        this.capabilities = negotiated.capabilities();
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
    public QmpSession rename(String name) {
        use().rename(Objects.requireNonNull(name, "name"));
        return this;
    }

    @Override
    public Optional<Greeting> greeting() {
        return Optional.ofNullable(greeting);
    }

    @Override
    public Set<String> capabilities() {
        return capabilities;
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
    public Mono<QmpSchema> schema() {
        return use().schema();
    }

    @Override
    public Mono<ObjectNode> raw(ObjectNode message, IdPolicy ids) {
        return use().raw(message, ids);
    }

    @Override
    public Mono<ObjectNode> raw(String json, IdPolicy ids) {
        return use().raw(json, ids);
    }

    @Override
    public Flux<QmpEvent> events(EventOptions options) {
        return use().events(options);
    }

    @Override
    public Flux<QmpEvent> executeAndListen(QmpCommand command, EventOptions options) {
        return use().executeAndListen(command, options);
    }

    @Override
    public Mono<QmpEvent> executeAndAwait(QmpCommand command, AwaitOptions options) {
        return use().executeAndAwait(command, options);
    }

    @Override
    public Mono<Void> getFd(String name, FdSource fd) {
        return use().descriptors().getFd(name, fd);
    }

    @Override
    public Mono<FdSetInfo> addFd(FdSource fd, AddFdOptions options) {
        return use().descriptors().addFd(fd, options);
    }

    @Override
    public Mono<Void> sendFd(FdSource fd) {
        return use().descriptors().sendFd(fd);
    }

    @Override
    public Mono<Void> quit() {
        return use().quit();
    }

    @Override
    public Mono<Void> disconnect() {
        return use().disconnect(() -> LastCommands.of(this));
    }

    @Override
    public Mono<Void> onDisconnect() {
        return use().onDisconnect();
    }

    @Override
    public String toString() {
        return "QmpSession[" + name() + ", " + state() + "]";
    }
}
