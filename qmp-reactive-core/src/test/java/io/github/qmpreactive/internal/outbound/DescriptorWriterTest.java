package io.github.qmpreactive.internal.outbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.transport.DescriptorSender;
import io.github.qmpreactive.internal.transport.DescriptorSender.Result;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DescriptorWriterTest {

    private final List<String> log = new ArrayList<>();
    private final HeldWrites writes = new HeldWrites(log);
    private final Queue<Result> results = new ArrayDeque<>();
    private final EmbeddedChannel channel = new EmbeddedChannel(writes);
    private final SessionLoop loop = new SessionLoop(channel.eventLoop());
    private final OutboundWriter writer = new OutboundWriter(channel, loop);
    private final List<Optional<DescriptorPassingError>> done = new ArrayList<>();
    private DescriptorSender sender = descriptor -> {
        log.add("(descriptor)");
        return results.remove();
    };

    @AfterEach
    void close() {
        channel.close();
    }

    // The sender of this test looks at no descriptor.
    @SuppressWarnings("NullAway")
    private void writeDescriptor(String command) {
        new DescriptorWriter(loop, writer, descriptor -> sender.send(descriptor))
                .write(null, command.getBytes(StandardCharsets.UTF_8), new DescriptorWriter.Passing() {
                    @Override
                    public boolean isWanted() {
                        return true;
                    }

                    @Override
                    public void onSent() {
                        done.add(Optional.empty());
                    }

                    @Override
                    public void onNotSent(@Nullable DescriptorPassingError error) {
                        done.add(Optional.ofNullable(error));
                    }
                });
    }

    private void write(String text) {
        writer.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void drain() {
        writes.drain(channel);
    }

    @Test
    @DisplayName("P28 a descriptor goes out when all before it has, its command next, and the rest behind")
    void order() {
        results.add(Result.SENT);
        write("before");
        writeDescriptor("command");
        write("behind");
        channel.runPendingTasks();
        assertEquals(List.of("before"), log);
        assertTrue(done.isEmpty());
        drain();
        assertEquals(List.of("before", "(descriptor)", "commandbehind"), log);
        assertEquals(List.of(Optional.empty()), done);
    }

    @Test
    @DisplayName("No room: tries again each time the kernel has taken a byte of white space")
    void tryAgain() {
        results.addAll(List.of(Result.NOT_WRITABLE, Result.NOT_WRITABLE, Result.SENT));
        writeDescriptor("command");
        write("behind");
        drain();
        assertEquals(List.of("(descriptor)", " ", "(descriptor)", " ", "(descriptor)", "commandbehind"), log);
        assertEquals(List.of(Optional.empty()), done);
    }

    @Test
    @DisplayName("Refused by the system: the command is not written, what was held is, and the next one has its turn")
    void refused() {
        DescriptorPassingError error = new DescriptorPassingError(Reason.SEND_REFUSED, "no", null);
        DescriptorSender sending = sender;
        sender = descriptor -> {
            throw error;
        };
        writeDescriptor("command");
        write("behind");
        drain();
        assertEquals(List.of("behind"), log);
        assertSame(error, done.get(0).orElseThrow());
        sender = sending;
        results.add(Result.SENT);
        writeDescriptor("next");
        drain();
        assertEquals(List.of("behind", "(descriptor)", "next"), log);
        assertEquals(Optional.empty(), done.get(1));
    }

    @Test
    @DisplayName("A broken connection: the command is not written; what is shows that the connection is broken")
    void broken() {
        results.add(Result.BROKEN);
        writeDescriptor("command");
        drain();
        assertEquals(List.of("(descriptor)", " "), log);
        assertTrue(done.isEmpty());
    }

    @Test
    @DisplayName("A connection that breaks while there is no room: not tried again, and nothing is held any more")
    void breaksWhileWaiting() {
        results.add(Result.NOT_WRITABLE);
        writeDescriptor("command");
        write("behind");
        channel.runPendingTasks();
        writes.remove().setSuccess();
        channel.runPendingTasks();
        writes.remove().setFailure(new IOException("broken"));
        channel.runPendingTasks();
        assertEquals(List.of("(descriptor)", " ", "behind"), log);
        assertTrue(done.isEmpty());
    }

    @Test
    @DisplayName("The flush before the end waits for the descriptor, too")
    void afterFlush() {
        results.add(Result.SENT);
        writeDescriptor("command");
        writer.afterFlush(() -> log.add("(flushed)"));
        assertEquals(List.of(), log);
        drain();
        assertEquals(List.of("(descriptor)", "command", "(flushed)"), log);
        assertTrue(writes.isEmpty());
    }
}
