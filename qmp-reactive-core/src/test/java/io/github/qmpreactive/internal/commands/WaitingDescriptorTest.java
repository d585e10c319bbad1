package io.github.qmpreactive.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.DescriptorWriter;
import io.github.qmpreactive.internal.outbound.HeldWrites;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.Descriptor;
import io.github.qmpreactive.internal.transport.DescriptorSender.Result;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@EnabledOnOs(OS.LINUX)
@DisplayName("While a descriptor waits for the outbound buffer to drain")
class WaitingDescriptorTest {

    private static final CommandSettings SETTINGS = new CommandSettings(null, null, 7, 7, 1024);

    private final List<String> wire = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final HeldWrites writes = new HeldWrites(wire);
    private final EmbeddedChannel channel = new EmbeddedChannel(writes);
    private final SessionLoop loop = new SessionLoop(channel.eventLoop());
    private final OutboundWriter writer = new OutboundWriter(channel, loop);
    private final PendingCommands pending = new PendingCommands(
            loop,
            writer,
            new DescriptorWriter(loop, writer, descriptor -> {
                wire.add("(descriptor)");
                return Result.SENT;
            }),
            new WireLog(new SessionName("vm")),
            new SessionName("vm"),
            SETTINGS);
    private final Descriptor descriptor = Descriptor.take("", FdSource.ofRaw(0));

    @AfterEach
    void close() {
        channel.close();
        descriptor.close();
    }

    private CommandCall<ObjectNode> call(String name, boolean oob, @Nullable Descriptor passed) {
        QmpCommand command = QmpCommand.of(name);
        Request request = Request.of(oob ? command.oob() : command);
        assertTrue(pending.limits().tryAccept(request));
        var subscriber = new BaseSubscriber<ObjectNode>() {
            @Override
            protected void hookOnError(Throwable error) {
                boolean written = error instanceof ExecInterruptedError interrupted && interrupted.isWritten()
                        || error instanceof ExecTimeoutError timeout && timeout.isWritten();
                log.add(name + (written ? " was written" : " was never sent"));
            }

            @Override
            protected void hookFinally(SignalType type) {
                if (type == SignalType.CANCEL) {
                    log.add(name + " cancelled");
                }
            }
        };
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        CommandCall<ObjectNode> call = new CommandCall<>(
                pending, request, name, bytes, passed, r -> r, () -> log.add(name + " out"), null, subscriber);
        subscriber.onSubscribe(call);
        return call;
    }

    private CommandCall<ObjectNode> submit(String name, boolean oob, @Nullable Descriptor passed) {
        CommandCall<ObjectNode> call = call(name, oob, passed);
        pending.submit(call);
        return call;
    }

    /** A descriptor waits until the write before it has completed. */
    private CommandCall<ObjectNode> waiting() {
        submit("first", false, null);
        CommandCall<ObjectNode> getFd = submit("getfd", false, descriptor);
        channel.runPendingTasks();
        assertEquals(List.of("first"), wire);
        return getFd;
    }

    private void drain() {
        writes.drain(channel);
    }

    @Test
    @DisplayName("a command that is cancelled is never sent, in band and out of band")
    void cancelled() {
        waiting();
        submit("inband", false, null).cancel();
        submit("oob", true, null).cancel();
        drain();
        assertEquals(List.of("first", "(descriptor)", "getfd"), wire);
    }

    @Test
    @DisplayName("commands wait, those out of band until it is sent, those in band until its command is answered")
    void behind() {
        waiting();
        submit("second", false, null);
        submit("third", false, null);
        submit("oob", true, null);
        assertEquals(List.of("first out"), log);
        drain();
        assertEquals(List.of("first", "(descriptor)", "getfdoob"), wire);
        assertEquals(List.of("first out", "getfd out", "oob out"), log);
        JsonNode id = JsonNodeFactory.instance.stringNode("getfd");
        pending.answer(
                new Inbound.Reply(id, JsonNodeFactory.instance.objectNode().put("return", "")));
        drain();
        assertEquals(List.of("first", "(descriptor)", "getfdoob", "secondthird"), wire);
        assertEquals(List.of("first out", "getfd out", "oob out", "second out", "third out"), log);
    }

    @Test
    @DisplayName("the end says of each command that it was never sent, of the one with the descriptor too")
    void interrupted() {
        waiting();
        submit("inband", false, null);
        submit("oob", true, null);
        pending.interruptAll(new ConnectionLostError(How.END_OF_FILE, "[vm] gone", null));
        assertEquals(
                List.of(
                        "first out",
                        "first was written",
                        "getfd was never sent",
                        "inband was never sent",
                        "oob was never sent"),
                log.stream().sorted().toList());
    }

    @Test
    @DisplayName("the command with the descriptor that is cancelled is never sent, nor is its descriptor")
    void descriptorCancelled() {
        CommandCall<ObjectNode> getFd = waiting();
        submit("second", false, null);
        getFd.cancel();
        drain();
        assertEquals(List.of("first", "second"), wire);
        assertTrue(descriptor.isClosed());
        Descriptor next = Descriptor.take("", FdSource.ofRaw(0));
        submit("next", false, next);
        drain();
        assertEquals(List.of("first", "second", "(descriptor)", "next"), wire);
        next.close();
    }

    @Test
    @DisplayName("the command with the descriptor that times out was never sent, and is not sent later")
    void descriptorTimedOut() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            waiting().startTimer(new TimeLimit(Duration.ofSeconds(1), "commandTimeout"));
            time.advanceTimeBy(Duration.ofSeconds(1));
            drain();
            assertEquals(List.of("first out", "getfd was never sent"), log);
            assertEquals(List.of("first"), wire);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }
}
