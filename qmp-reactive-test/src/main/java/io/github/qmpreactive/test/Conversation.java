package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.json.QemuJsonReader;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;

/** The protocol of one connection, from the greeting to the end. Lives on its event loop. */
final class Conversation {

    private final ServerOptions options;
    private final FakeChannel channel;
    private final SchemaGuard guard;
    private final AnswerWriter writer;
    private final Dispatcher dispatcher;
    private final QemuJsonReader reader;
    private final Inbox inbox;
    private final Sinks.Empty<Void> closed = Sinks.empty();
    private ByteBuf unserved = Unpooled.buffer(0);
    private boolean served;

    Conversation(ServerOptions options, Script script, SchemaGuard guard, FakeChannel channel, Inbox inbox) {
        this.inbox = inbox;
        this.options = options;
        this.reader = new QemuJsonReader(new Input(), options.profile.traits().parsesIncrementally());
        this.channel = channel;
        this.guard = guard;
        this.writer = new AnswerWriter(channel, guard, options.pretty);
        this.dispatcher = new Dispatcher(options, script, guard, channel, writer);
    }

    SchemaGuard guard() {
        return guard;
    }

    AnswerWriter writer() {
        return writer;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    Inbox inbox() {
        return inbox;
    }

    Mono<Void> closed() {
        return closed.asMono();
    }

    void greet() {
        channel.write(options.greetingBytes());
    }

    /** Answers nothing any more; what comes is still noted down. */
    void fallSilent() {
        dispatcher.fallSilent();
    }

    /** Begins to serve the client: greets it, and reads what it has sent so far. May be called from any thread. */
    void serve() {
        channel.burst(() -> {
            served = true;
            channel.split(options.pieceSize);
            channel.resetAfter(options.resetAfter);
            if (options.greets) {
                greet();
            }
            dispatcher.onServed();
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

    private final class Input implements QemuJsonReader.Sink {
        @Override
        public void onValue(JsonNode value) {
            ReceivedCommand.of(value).ifPresent(inbox::add);
            if (options.answers) {
                dispatcher.dispatch(value);
            }
        }

        @Override
        public void onError(String description) {
            dispatcher.dispatchError(description);
        }
    }
}
