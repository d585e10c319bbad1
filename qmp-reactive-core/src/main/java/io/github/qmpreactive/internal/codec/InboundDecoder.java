package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.ProtocolError;
import io.github.qmpreactive.error.QmpError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The handler of the pipeline that turns what is read into {@link Inbound} messages. */
public final class InboundDecoder extends ChannelInboundHandlerAdapter {

    private final Supplier<String> prefix;
    private final JsonFramer framer;
    private final int limit;
    private final JsonFramer.Sink sink = new Parsing();
    private Consumer<Inbound> target = message -> {};
    private boolean seeking;
    private boolean handedOn;
    private boolean failed;

    /**
     * A decoder for one connection.
     *
     * @param prefix what the messages of its errors begin with
     * @param maxMessageSize the bytes that one message may have
     */
    public InboundDecoder(String prefix, int maxMessageSize) {
        this(() -> prefix, maxMessageSize);
    }

    /**
     * A decoder for one connection.
     *
     * @param prefix what the messages of its errors begin with, at the time
     * @param maxMessageSize the bytes that one message may have
     */
    public InboundDecoder(Supplier<String> prefix, int maxMessageSize) {
        this.prefix = prefix;
        this.limit = maxMessageSize;
        this.framer = new JsonFramer(maxMessageSize);
    }

    /**
     * Whether the last byte that came was inside of a message.
     *
     * @return whether a message is incomplete
     */
    public boolean isInsideMessage() {
        return framer.isInsideObject();
    }

    /**
     * Drops what comes up to the next sentinel, the byte 0xFF. From the first call on sentinels may come anywhere, and
     * until {@link #found} what cannot be read makes it go on to the one after, instead of being an error.
     */
    public void seekSentinel() {
        seeking = true;
        framer.acceptSentinels();
        framer.skipToSentinel();
    }

    /**
     * What was dropped last in front of a sentinel, or while there was none.
     *
     * @return the words of an error; of another message, which may be another client's, the names of its members; the
     *     beginning of a line that is no part of a message; empty if nothing was dropped
     */
    public String lastSkipped() {
        byte[] line = framer.lastSkipped();
        JsonNode message = parsed(line);
        JsonNode error = message.path("error");
        if (error.isObject()) {
            return WireText.ofName(error.path("class").asString("")) + ": "
                    + WireText.ofWords(error.path("desc").asString(""));
        }
        if (line.length == 0) {
            return "";
        }
        return message.isObject()
                ? WireText.ofName("a message of " + String.join(", ", message.propertyNames()))
                : Excerpts.inWords(line, 0, line.length);
    }

    /**
     * Whether what was dropped last says that the server does not know a command, or may not run it.
     *
     * @param command its name
     * @return whether it is an error of that class which names the command
     */
    public boolean hasSkippedRefusalOf(String command) {
        JsonNode error = parsed(framer.lastSkipped()).path("error");
        return error.path("class").asString("").equals("CommandNotFound")
                && error.path("desc").asString("").contains(command);
    }

    private static JsonNode parsed(byte[] line) {
        try {
            return WireJson.MAPPER.readTree(line);
        } catch (JacksonException e) {
            return MissingNode.getInstance();
        }
    }

    /** The sentinel was the right one: what comes has to be right again. */
    public void found() {
        seeking = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            decode(bytes, inbound -> {
                handedOn = true;
                ctx.fireChannelRead(inbound);
            });
        } catch (RuntimeException e) {
            // A message before it, in the same bytes, may have ended the session: then Reactor Netty would warn of it.
            if (ctx.channel().isOpen()) {
                // Errors of the JVM as well, in a wrapping: as they are, Reactor Netty would throw them on.
                ctx.fireExceptionCaught(e);
            }
        } finally {
            ReferenceCountUtil.release(bytes);
        }
    }

    /**
     * Turns bytes into messages. After it has thrown it does nothing any more.
     *
     * @param bytes what was read; not released
     * @param messages takes each message
     * @throws QmpError if it is no such stream of messages, or if there is an error of the JVM while it is read
     */
    public void decode(ByteBuf bytes, Consumer<Inbound> messages) {
        if (failed) {
            return;
        }
        try {
            target = messages;
            feed(bytes, sink);
        } catch (RuntimeException | Error e) {
            failed = true;
            throw named(e);
        }
    }

    /** Parses what the framer finds. */
    private final class Parsing implements JsonFramer.Sink {

        @Override
        public void onObject(byte[] bytes, int offset, int length) {
            if (NodeCost.isTooHigh(bytes, offset, length, limit)) {
                onTooLarge(
                        MessageOutline.of(bytes, offset, length),
                        new MessageTooLargeError(
                                "A message of " + length + " bytes would take more memory than " + NodeCost.FACTOR
                                        + " times " + limit + " bytes; maxMessageSize raises the limit",
                                limit,
                                true));
                return;
            }
            Inbound message;
            try {
                message = InboundParser.parse(bytes, offset, length);
            } catch (MalformedMessageError e) {
                message = unusable(MessageOutline.of(bytes, offset, length), e);
            }
            target.accept(message);
        }

        @Override
        public void onTooLarge(MessageOutline outline, MessageTooLargeError error) {
            target.accept(unusable(outline, error));
        }

        /** While a sentinel is sought, and where it cannot be told what it belongs to, it is an error of the stream. */
        private Inbound unusable(MessageOutline outline, ProtocolError error) {
            Inbound.Unusable unusable =
                    new Inbound.Unusable(outline.id(), outline.event(), (ProtocolError) named(error));
            if (seeking || !unusable.isKnown()) {
                throw error;
            }
            return unusable;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Without auto-read nothing requests the rest of a message that is not complete yet.
        if (!handedOn && !ctx.channel().config().isAutoRead()) {
            ctx.read();
        }
        handedOn = false;
        ctx.fireChannelReadComplete();
    }

    private void feed(ByteBuf bytes, JsonFramer.Sink sink) {
        ByteBuf in = bytes;
        boolean fed = false;
        while (!fed) {
            try {
                framer.feed(in, sink);
                fed = true;
            } catch (ProtocolError e) {
                if (!seeking) {
                    throw e;
                }
                // The framer has all of the bytes; what follows the next sentinel among them is still to be looked at.
                framer.skipToSentinel();
                in = Unpooled.EMPTY_BUFFER;
            }
        }
    }

    /**
     * The end of a session that has failed in itself.
     *
     * @param prefix what its message begins with
     * @param thrown what was thrown
     * @return the error
     */
    public static ConnectionLostError broken(String prefix, Throwable thrown) {
        return new ConnectionLostError(
                ConnectionLostError.How.CLOSED_LOCALLY,
                prefix + "The connection was closed on this side: reading from it failed with " + thrown,
                thrown);
    }

    private RuntimeException named(Throwable error) {
        if (error instanceof MalformedMessageError malformed) {
            return new MalformedMessageError(prefix.get() + error.getMessage(), malformed.excerpt(), error.getCause());
        }
        if (error instanceof MessageTooLargeError tooLarge) {
            return new MessageTooLargeError(prefix.get() + error.getMessage(), tooLarge.limit(), true);
        }
        return error instanceof RuntimeException other ? other : broken(prefix.get(), error);
    }
}
