package io.github.qmpreactive.internal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.DescriptorWriter;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.Descriptor;
import io.github.qmpreactive.internal.transport.DescriptorSender;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.BaseSubscriber;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@EnabledOnOs(OS.LINUX)
class RefusedDescriptorTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SessionLoop loop = new SessionLoop(channel.eventLoop());
    private final OutboundWriter writer = new OutboundWriter(channel, loop);
    private final List<String> log = new ArrayList<>();
    private int refusals = 1;

    private final DescriptorSender sender = descriptor -> {
        if (refusals-- > 0) {
            throw new DescriptorPassingError(Reason.SEND_REFUSED, "refused", null);
        }
        return DescriptorSender.Result.SENT;
    };

    private final PendingCommands pending = new PendingCommands(
            loop,
            writer,
            new DescriptorWriter(loop, writer, sender),
            new WireLog(new SessionName("vm")),
            new SessionName("vm"),
            Settings.ONE_PLACE);

    private CommandCall<ObjectNode> submit(String name, Descriptor descriptor) {
        Request request = Request.of(QmpCommand.of(name));
        assertTrue(pending.limits().tryAccept(request));
        var subscriber = new BaseSubscriber<ObjectNode>() {
            @Override
            protected void hookOnNext(ObjectNode reply) {
                log.add(name + " succeeded");
            }

            @Override
            protected void hookOnError(Throwable error) {
                log.add(name + " " + error.getMessage());
            }
        };
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        CommandCall<ObjectNode> call = new CommandCall<>(
                pending, request, name, bytes, descriptor, reply -> reply, () -> {}, null, subscriber);
        subscriber.onSubscribe(call);
        pending.submit(call);
        return call;
    }

    private String written() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
        return text.toString();
    }

    @Test
    @DisplayName("A descriptor that the system refuses fails its call alone: closed, its place free, the next one sent")
    void refused() {
        Descriptor first = Descriptor.take("", FdSource.ofRaw(0));
        Descriptor second = Descriptor.take("", FdSource.ofRaw(0));
        submit("first", first);
        submit("second", second);
        channel.runPendingTasks();
        assertEquals(List.of("first refused"), log);
        assertTrue(first.isClosed());
        assertFalse(second.isClosed());
        assertEquals("second", written());
        assertTrue(pending.limits().tryAccept(Request.of(QmpCommand.of("place"))));
        assertFalse(pending.limits().tryAccept(Request.of(QmpCommand.of("place"))));
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        pending.answer(new Inbound.Reply(nodes.stringNode("second"), nodes.objectNode()));
        assertEquals(List.of("first refused", "second succeeded"), log);
        assertTrue(second.isClosed());
        channel.finishAndReleaseAll();
    }
}
