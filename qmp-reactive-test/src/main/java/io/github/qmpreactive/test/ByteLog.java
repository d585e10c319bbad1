package io.github.qmpreactive.test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The newest bytes that came on all connections of a server. Safe for several threads. */
final class ByteLog {

    private static final Logger LOG = Loggers.getLogger(RunningFakeQmpServer.class);

    /** What a read takes in memory beside its bytes, so that many small ones are not kept for ever either. */
    private static final int OVERHEAD = 64;

    private static final class Read {
        private final CommandLog.Source source;
        private final byte[] bytes;

        Read(CommandLog.Source source, ByteBuf bytes) {
            this.source = source;
            this.bytes = ByteBufUtil.getBytes(bytes);
        }

        int size() {
            return bytes.length + OVERHEAD;
        }
    }

    private final Kept limits;
    private final Deque<Read> kept = new ArrayDeque<>();
    private long size;
    private boolean dropped;

    ByteLog(Kept limits) {
        this.limits = limits;
    }

    synchronized void add(CommandLog.Source source, ByteBuf more) {
        Read read = new Read(source, more);
        kept.add(read);
        size += read.size();
        while (size > limits.bytes() && kept.size() > 1) {
            size -= kept.remove().size();
            if (!dropped) {
                LOG.warn("A fake drops the oldest bytes that it received: it keeps {}", limits);
            }
            dropped = true;
        }
    }

    synchronized byte[] of(CommandLog.Source source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        kept.stream().filter(read -> read.source == source).forEach(read -> bytes.writeBytes(read.bytes));
        return bytes.toByteArray();
    }
}
