package io.github.qmpreactive.test.internal.log;

import io.github.qmpreactive.test.internal.protocol.Command;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import reactor.util.Logger;
import reactor.util.Loggers;

/** The newest of what was received on all connections of a server. */
public final class Inboxes {

    private static final Logger LOG = Loggers.getLogger(Inboxes.class);

    /** What a read takes in memory beside its bytes, so that many small ones are not kept for ever either. */
    private static final int OVERHEAD = 64;

    record Entry(long sequence, Inbox inbox, Command command, long bytes) {}

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Read(Inbox inbox, byte[] bytes) {}

    final Limits limits;
    final History<Entry> history;
    private final Inbox all = new Inbox(this, Inbox.ALL);
    private final AtomicLong sequence = new AtomicLong();
    private final Deque<Read> reads = new ArrayDeque<>();
    private long keptBytes;
    private long readBytes;
    private boolean droppedReads;

    public Inboxes(Limits limits) {
        this.limits = limits;
        this.history = new History<>(limits.commands());
    }

    public Inbox all() {
        return all;
    }

    public Inbox connection(int number) {
        return new Inbox(this, number);
    }

    long now() {
        return sequence.get();
    }

    void add(Inbox inbox, Command command, long bytes) {
        history.add(new Entry(sequence.incrementAndGet(), inbox, command, bytes), this::trim);
    }

    private void trim(Deque<Entry> kept) {
        keptBytes += kept.getLast().bytes;
        while (kept.size() > limits.commands() || (keptBytes > limits.bytes() && kept.size() > 1)) {
            Entry oldest = kept.remove();
            keptBytes -= oldest.bytes;
            if (all.dropped.isEmpty()) {
                LOG.warn("A fake drops the oldest commands that it received: it keeps {}", limits);
            }
            oldest.inbox.dropped.put(oldest.command.name(), oldest.sequence);
            all.dropped.put(oldest.command.name(), oldest.sequence);
        }
    }

    void add(Inbox inbox, byte[] bytes) {
        synchronized (reads) {
            reads.add(new Read(inbox, bytes));
            readBytes += bytes.length + OVERHEAD;
            while (readBytes > limits.bytes() && reads.size() > 1) {
                readBytes -= reads.remove().bytes.length + OVERHEAD;
                if (!droppedReads) {
                    LOG.warn("A fake drops the oldest bytes that it received: it keeps {}", limits);
                }
                droppedReads = true;
            }
        }
    }

    byte[] bytes(Inbox inbox) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        synchronized (reads) {
            reads.stream().filter(read -> read.inbox == inbox).forEach(read -> bytes.writeBytes(read.bytes));
        }
        return bytes.toByteArray();
    }
}
