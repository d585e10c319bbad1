package io.github.qmpreactive.test.internal.server;

import io.github.qmpreactive.test.internal.json.QemuJsonReader;
import io.github.qmpreactive.test.internal.json.QemuJsonWriter;
import io.github.qmpreactive.test.internal.log.Inbox;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.github.qmpreactive.test.internal.net.Timers;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import io.github.qmpreactive.test.internal.stub.Response;
import io.github.qmpreactive.test.internal.stub.SchemaGuard;
import io.github.qmpreactive.test.internal.stub.ServerClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/**
 * One client's connection and what is spoken on it, from the greeting to the end. Lives on its event loop; what a test asks
 * for and what a test does may come from any thread.
 */
public final class Conversation {

    private final int number;
    private final ServerOptions options;
    private final FakeChannel channel;
    private final SchemaGuard guard;
    private final Dispatcher dispatcher;
    private final QemuJsonReader reader;
    private final Inbox inbox;
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private ByteBuf unserved = Unpooled.buffer(0);
    private boolean served;

    Conversation(int number, Behaviour behaviour, FakeChannel channel, Inbox inbox) {
        this.number = number;
        this.inbox = inbox;
        this.options = behaviour.options();
        this.channel = channel;
        this.guard = behaviour.guard();
        this.dispatcher = new Dispatcher(behaviour, this);
        this.reader = new QemuJsonReader(dispatcher, options.profile.traits().parsesIncrementally());
    }

    public int number() {
        return number;
    }

    public FakeChannel channel() {
        return channel;
    }

    public Inbox inbox() {
        return inbox;
    }

    public Mono<Void> closed() {
        return closed.asMono();
    }

    public Mono<Void> negotiated() {
        return dispatcher.negotiation();
    }

    boolean isNegotiated() {
        return dispatcher.isNegotiated();
    }

    public Set<String> enabled() {
        return dispatcher.enabled();
    }

    /**
     * Does something that a test asks for; what it writes is sent in one piece. Waits for it, unless the calling thread
     * must not wait.
     *
     * @throws IllegalStateException if the connection is closed
     */
    public void act(String action, Runnable task) {
        requireOpen(action);
        channel.burst(() -> {
            requireOpen(action);
            task.run();
        });
    }

    private void requireOpen(String action) {
        String end = channel.end();
        if (end != null) {
            String message = "Connection " + number + " is closed: " + end + "; " + action + " has no effect";
            throw channel.isClosedByServer()
                    ? new ServerClosedException(guard, message)
                    : new IllegalStateException(message);
        }
    }

    /** Sends events, which the schema has to allow, as {@link #act} does. */
    public void emit(List<EventTemplate> events) {
        events.stream().limit(1).forEach(guard.check()::require);
        String action =
                events.isEmpty() ? "emitMany()" : "emit " + events.get(0).name();
        act(action, () -> events.forEach(event -> write(event.now())));
    }

    /** Answers a command, as the schema has to allow and as {@link #act} does. */
    public void answer(Command command, Response response) {
        guard.check().require(command.name(), response);
        act("the answer to " + command.name(), () -> write(command, response));
    }

    /** Sends the answer to a command, or what answers none. */
    public void write(@Nullable Command command, Response response) {
        write(command, command == null ? null : command.id(), response);
    }

    /** Sends the answer to something with an id, which may be no command. */
    void write(@Nullable Command command, @Nullable JsonNode id, Response response) {
        response.before.forEach(event -> write(event.now()));
        byte[] reply = reply(command, response.echoesId ? id : response.id, response);
        if (response.delimited) {
            channel.write(new byte[] {(byte) 0xFF});
        }
        channel.write(reply.length > response.truncation ? Arrays.copyOf(reply, response.truncation) : reply);
        writeOn(response.after.iterator(), response.ending);
    }

    /** One after the other: timers that run out at one time do so in no order. */
    private void writeOn(Iterator<EventTemplate> events, Consumer<FakeChannel> ending) {
        while (events.hasNext()) {
            EventTemplate event = events.next();
            if (!event.pause().isZero()) {
                var unused = Timers.after(
                        options::timer,
                        event.pause(),
                        () -> channel.burst(() -> {
                            if (channel.isOpen()) {
                                write(event.now());
                                writeOn(events, ending);
                            }
                        }));
                return;
            }
            write(event.now());
        }
        ending.accept(channel);
    }

    private byte[] reply(@Nullable Command command, @Nullable JsonNode id, Response response) {
        if (response.bytes != null) {
            return response.bytes;
        }
        if (response.error != null) {
            return Response.line("error", response.error, id);
        }
        if (response.result == null || command == null) {
            return new byte[0];
        }
        try {
            JsonNode result = Objects.requireNonNull(response.result.apply(command), "it gave no reply");
            Response complaint = response.isChecked ? guard.complaintOf(command, result) : null;
            return complaint == null ? Response.line("return", result, id) : reply(command, id, complaint);
        } catch (Throwable e) {
            return reply(command, id, guard.broken(command, e));
        }
    }

    public void write(JsonNode message) {
        channel.write(QemuJsonWriter.line(message));
    }

    /** Sends an event that is for every client, if this one is still there. */
    void broadcast(JsonNode event) {
        channel.burst(() -> {
            if (channel.isOpen()) {
                write(event);
            }
        });
    }

    public void greet() {
        channel.write(options.greetingBytes());
    }

    /** Answers nothing any more; what comes is still noted down. */
    public void fallSilent() {
        dispatcher.fallSilent();
    }

    /** Begins to serve the client: greets it, and reads what it has sent so far. */
    void serve() {
        channel.burst(() -> {
            served = true;
            channel.split(options.pieceSize);
            channel.resetAfter(options.resetAfter);
            if (options.greets) {
                greet();
            }
            dispatcher.beginScript();
            ByteBuf earlier = unserved;
            unserved = Unpooled.EMPTY_BUFFER;
            read(earlier);
        });
    }

    /** Takes what came; keeps it if the client is not served yet. */
    void onBytes(ByteBuf bytes) {
        if (served) {
            read(bytes);
        } else {
            unserved.writeBytes(bytes);
        }
    }

    void onClosed() {
        // As QEMU drops what it has not begun to run for a client that is gone.
        dispatcher.fallSilent();
        inbox.end();
        closed.tryEmitEmpty();
    }

    private void read(ByteBuf bytes) {
        inbox.add(bytes);
        reader.feed(bytes);
    }
}
