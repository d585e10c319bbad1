package io.github.qmpreactive.internal.commands;

import static io.github.qmpreactive.Garbage.assertCollected;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.DescriptorWriter;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.DescriptorSender;
import io.github.qmpreactive.message.QmpCommand;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** With room for one command in flight and one that waits. */
@DisplayName("Commands that are queued or in flight")
class PendingCommandsTest {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SessionLoop loop = new SessionLoop(channel.eventLoop());
    private final OutboundWriter writer = new OutboundWriter(channel, loop);
    private final List<String> log = new ArrayList<>();
    private final PendingCommands pending = new PendingCommands(
            loop,
            writer,
            new DescriptorWriter(loop, writer, descriptor -> DescriptorSender.Result.SENT),
            new WireLog(new SessionName("vm")),
            new SessionName("vm"),
            Settings.ONE_PLACE);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private static Request request(String name) {
        return Request.of(QmpCommand.of(name));
    }

    private BaseSubscriber<ObjectNode> submit(String name) {
        return submit(name, null);
    }

    private BaseSubscriber<ObjectNode> submit(String name, @Nullable Duration timeout) {
        return submit(name, timeout, reply -> reply);
    }

    private BaseSubscriber<ObjectNode> submit(
            String name, @Nullable Duration timeout, Function<ObjectNode, ObjectNode> reader) {
        Request request = request(name);
        assertTrue(pending.limits().tryAccept(request), "there is no place");
        var subscriber = new BaseSubscriber<ObjectNode>() {
            @Override
            protected void hookOnNext(ObjectNode reply) {
                log.add(name + " succeeded");
            }

            @Override
            protected void hookOnError(Throwable error) {
                boolean unsent = error instanceof ExecInterruptedError interrupted && !interrupted.isWritten();
                log.add(name + ": " + (unsent ? "never sent" : error.getClass().getSimpleName()));
            }
        };
        CommandCall<ObjectNode> call = new CommandCall<>(
                pending,
                request,
                name,
                name.getBytes(StandardCharsets.UTF_8),
                null,
                reader,
                () -> {},
                null,
                subscriber);
        subscriber.onSubscribe(call);
        if (timeout != null) {
            call.startTimer(new TimeLimit(timeout, "commandTimeout"));
        }
        pending.submit(call);
        return subscriber;
    }

    private PendingCommands.Match answer(String name) {
        return pending.answer(new Inbound.Reply(NODES.stringNode(name), NODES.objectNode()));
    }

    private String written() {
        channel.runPendingTasks();
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.UTF_8)).append(' ');
            bytes.release();
        }
        return text.toString();
    }

    /** As many as there is room for, and not one more. */
    private void assertPlaces(int free) {
        List<Request> taken = new ArrayList<>();
        for (int i = 0; i < free; i++) {
            taken.add(request("place"));
            assertTrue(pending.limits().tryAccept(taken.get(i)), "fewer than " + free);
        }
        assertFalse(pending.limits().tryAccept(request("place")), "more than " + free);
        taken.forEach(pending.limits()::release);
    }

    @Test
    @DisplayName("one that waits is written when the one before is answered, and a place is free again")
    void window() {
        submit("first");
        submit("second");
        assertPlaces(0);
        assertEquals("first ", written());
        assertEquals(PendingCommands.Match.DELIVERED, answer("first"));
        assertEquals("second ", written());
        assertPlaces(1);
        assertEquals(PendingCommands.Match.UNKNOWN, answer("first"));
        assertEquals(PendingCommands.Match.DELIVERED, answer("second"));
        assertPlaces(2);
    }

    @Test
    @DisplayName("one that is cancelled while it waits is never sent, and its place is free at once")
    void cancelled() {
        submit("first");
        submit("second").cancel();
        assertPlaces(1);
        answer("first");
        assertEquals("first ", written());
        assertPlaces(2);
        assertEquals(List.of("first succeeded"), log);
    }

    @Test
    @DisplayName("what is in flight has succeeded without an answer: the next one is written")
    void settled() {
        submit("first");
        submit("second");
        pending.settle(NODES.objectNode());
        assertEquals("firstsecond ", written()); // in one go
        assertEquals(List.of("first succeeded"), log);
        assertPlaces(1);
    }

    @Test
    @DisplayName("what waits is refused: never sent, its place is free once, and what is in flight goes on")
    void refused() {
        submit("first");
        submit("second");
        pending.refuseQueued(name -> new EncodeError(name, null));
        assertPlaces(1);
        answer("first");
        assertPlaces(2);
        assertEquals("first ", written());
        assertEquals(List.of("second: EncodeError", "first succeeded"), log);
    }

    @Test
    @DisplayName("P25 once the session is disconnecting nothing is written that waits, and the end says never sent")
    void closing() {
        submit("first");
        submit("second");
        pending.close();
        assertEquals(PendingCommands.Match.DELIVERED, answer("first"));
        submit("third");
        assertEquals("first ", written());
        pending.interruptAll(new ConnectionLostError(How.END_OF_FILE, "[vm] gone", null));
        assertEquals(List.of("first succeeded", "second: never sent", "third: never sent"), log);
        assertEquals("", written());
    }

    @Test
    @DisplayName("P25 the timer of a command that is over, or was cancelled, retains no subscriber")
    void timers() {
        WeakReference<?> answered = new WeakReference<>(submit("first", Duration.ofHours(1)));
        answer("first");
        assertCollected(answered);
        BaseSubscriber<ObjectNode> second = submit("second", Duration.ofHours(1));
        second.cancel();
        answer("second");
        WeakReference<?> cancelled = new WeakReference<>(second);
        second = null;
        assertCollected(cancelled);
    }

    @Test
    @DisplayName("P1 what comes after the end fails at once, and takes no place for good")
    void afterTheEnd() {
        pending.interruptAll(new ConnectionLostError(How.END_OF_FILE, "[vm] gone", null));
        for (int i = 0; i < 5; i++) {
            submit("late");
        }
        assertEquals("", written());
        assertEquals(
                List.of("never sent"),
                log.stream().map(l -> l.substring(6)).distinct().toList());
        assertEquals(5, log.size());
    }

    @Test
    @DisplayName("one whose reply fills the memory errors, also if there is none left to say so, and its place is free")
    void noMemory() {
        OutOfMemoryError full = new OutOfMemoryError("made up") {
            private boolean worded;

            /** There is memory again when it is in the log of a test. */
            @Override
            public String toString() {
                if (worded) {
                    return "made up";
                }
                worded = true;
                throw new OutOfMemoryError("made up, too");
            }
        };
        submit("first", null, reply -> {
            throw full;
        });
        assertSame(full, assertThrows(OutOfMemoryError.class, () -> answer("first")));
        assertEquals(1, log.size(), log::toString);
        assertPlaces(2);
    }
}
