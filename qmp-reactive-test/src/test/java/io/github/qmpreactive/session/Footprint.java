package io.github.qmpreactive.session;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds, after its garbage was collected. */
record Footprint(long heapKib, long directKib, long threads, long descriptors) {

    /** What may be more than at the beginning: caches, pools, and what is on its way. */
    private static final Footprint SLACK = new Footprint(32 * 1024, 32 * 1024, 30, 150);

    static Footprint now() {
        System.gc();
        System.gc();
        return new Footprint(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024,
                ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                        ? provider.metric().usedDirectMemory() / 1024
                        : 0,
                ManagementFactory.getThreadMXBean().getThreadCount(),
                count(Path.of("/proc/self/fd")));
    }

    /** Whether this is about as much as before. */
    boolean isFlat(Footprint before) {
        return heapKib <= before.heapKib + SLACK.heapKib
                && directKib <= before.directKib + SLACK.directKib
                && threads <= before.threads + SLACK.threads
                && descriptors <= before.descriptors + SLACK.descriptors;
    }

    /** 0 where the system has no such folder. */
    private static long count(Path folder) {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
