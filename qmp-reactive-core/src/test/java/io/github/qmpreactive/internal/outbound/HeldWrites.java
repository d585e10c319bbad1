package io.github.qmpreactive.internal.outbound;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** Notes the text of each write, and completes none before {@link #drain}. */
public final class HeldWrites extends ChannelOutboundHandlerAdapter {

    private final List<String> written;
    private final Queue<ChannelPromise> writes = new ArrayDeque<>();

    public HeldWrites(List<String> written) {
        this.written = written;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        ByteBuf bytes = (ByteBuf) message;
        String text = bytes.toString(StandardCharsets.UTF_8);
        bytes.release();
        if (!text.isEmpty()) {
            written.add(text);
        }
        writes.add(promise);
    }

    /** The kernel takes what was written, all of it. */
    public void drain(EmbeddedChannel channel) {
        channel.runPendingTasks();
        for (ChannelPromise write = writes.poll(); write != null; write = writes.poll()) {
            write.setSuccess();
            channel.runPendingTasks();
        }
    }

    /** The oldest write, to be completed by the test; throws if all have completed. */
    public ChannelPromise remove() {
        return writes.remove();
    }

    public boolean isEmpty() {
        return writes.isEmpty();
    }
}
