package io.github.qmpreactive.test.internal.leak;

import io.netty.buffer.AbstractByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Netty's leak detector found. Safe for several threads. */
public final class BufferLeaks {

    private static final int ROUNDS = 2;
    private static final long GC_MILLIS = 30_000;
    private static final List<String> LEAKS = new ArrayList<>();

    private static Set<?> keptBefore = Set.of();

    private static ResourceLeakDetector.@Nullable Level before;

    private BufferLeaks() {}

    /**
     * Begins to watch every buffer. What was lost before does not count.
     *
     * @throws IllegalStateException if this Netty's detector cannot be listened to
     */
    public static synchronized void listen() {
        detector().setLeakListener((type, records) -> {
            synchronized (LEAKS) {
                LEAKS.add(type + " was never released" + records);
            }
        });
        if (before == null) {
            before = ResourceLeakDetector.getLevel();
            ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
            take();
        }
    }

    /** Watches buffers no more closely than before. */
    public static synchronized void stop() {
        if (before != null) {
            ResourceLeakDetector.setLevel(before);
            before = null;
        }
    }

    /**
     * What has leaked since the last call; if a buffer is out that was not then, collects garbage first, and waits for that.
     */
    public static synchronized List<String> take() {
        Set<?> out = out();
        // A full collection takes its time, and constants of other libraries are always out.
        for (int i = 0; i < ROUNDS && !keptBefore.containsAll(out); i++) {
            collectGarbage();
            // The detector looks at what was collected when it is given something new.
            PooledByteBufAllocator.DEFAULT.buffer(1).release();
        }
        keptBefore = Set.copyOf(out);
        synchronized (LEAKS) {
            List<String> taken = List.copyOf(LEAKS);
            LEAKS.clear();
            return taken;
        }
    }

    private static void collectGarbage() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> witness = new WeakReference<>(new Object(), queue);
        System.gc();
        try {
            if (queue.remove(GC_MILLIS) != witness) {
                throw new IllegalStateException("System.gc() collected nothing: is it disabled?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The watched buffers of which the detector knows neither that they were released nor that they were lost. */
    private static Set<?> out() {
        try {
            Field field = ResourceLeakDetector.class.getDeclaredField("allLeaks");
            field.setAccessible(true);
            return (Set<?>) field.get(detector());
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw elsewhere(e);
        }
    }

    // Netty takes a detector of ours only if it is named before its first buffer, which a test cannot be sure of.
    @SuppressWarnings("unchecked")
    private static ResourceLeakDetector<Object> detector() {
        try {
            Field field = AbstractByteBuf.class.getDeclaredField("leakDetector");
            field.setAccessible(true);
            return (ResourceLeakDetector<Object>) field.get(null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw elsewhere(e);
        }
    }

    private static IllegalStateException elsewhere(Exception cause) {
        return new IllegalStateException("Netty's leak detector is not what it was in 4.2", cause);
    }
}
