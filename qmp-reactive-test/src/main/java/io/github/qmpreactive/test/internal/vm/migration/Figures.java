package io.github.qmpreactive.test.internal.vm.migration;

import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ObjectNode;

/** What {@code query-migrate} counts of one migration, by the clock of delays. Lives on the fakes' event loop. */
final class Figures {

    private static final long PAGE = 4096;

    /** Of a page that is sent. */
    private static final long HEADER = 8;

    private final Scheduler clock = Schedulers.parallel();
    private final long began = now();
    private final long total;
    private long stopped;
    private long totalTime;
    private int passes = 1;

    /** Of a migration that begins now. */
    Figures(long total) {
        this.total = total;
    }

    private long now() {
        return clock.now(TimeUnit.MILLISECONDS);
    }

    /** The guest stops. */
    void stop() {
        stopped = now();
    }

    /** One more pass. */
    int addPass() {
        return ++passes;
    }

    /** All is sent. What took no time takes a millisecond: QEMU has 0 before it has counted. */
    void complete() {
        totalTime = Math.max(1, now() - began);
    }

    /**
     * Adds them to a reply.
     *
     * @param done how much of the memory is sent, from 0 to 1
     * @param expectedDowntime in milliseconds
     */
    void addTo(ObjectNode info, double done, long expectedDowntime) {
        info.put("setup-time", 0);
        if (totalTime > 0) {
            info.put("total-time", totalTime).put("downtime", Math.max(1, began + totalTime - stopped));
        } else {
            info.put("total-time", now() - began).put("expected-downtime", expectedDowntime);
        }
        long pages = Math.round(done * total / PAGE);
        long sent = pages * (PAGE + HEADER);
        long remaining = total - Math.min(total, pages * PAGE);
        long time = Math.max(1, info.path("total-time").asLong());
        info.put("remaining", remaining);
        info.putObject("ram")
                .put("total", total)
                .put("remaining", remaining)
                .put("transferred", sent)
                .put("precopy-bytes", sent)
                .put("normal", pages)
                .put("normal-bytes", pages * PAGE)
                .put("mbps", sent * 8 / 1000.0 / time)
                .put("pages-per-second", pages * 1000 / time)
                .put("page-size", PAGE)
                .put("dirty-sync-count", passes)
                .put("dirty-pages-rate", 0)
                .put("dirty-sync-missed-zero-copy", 0)
                .put("downtime-bytes", 0)
                .put("duplicate", 0)
                .put("multifd-bytes", 0)
                .put("postcopy-bytes", 0)
                .put("postcopy-requests", 0)
                .put("skipped", 0);
    }
}
