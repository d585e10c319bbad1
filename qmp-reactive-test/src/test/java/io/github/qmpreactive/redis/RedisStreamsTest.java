package io.github.qmpreactive.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

@DisplayName("Redis Streams: what the machines of a host report, beyond that host")
class RedisStreamsTest {

    private static final FakeQmpServer MACHINE =
            FakeQmpServer.create().when("query-status").reply("{\"status\": \"running\", \"running\": true}");

    private static final String EVENT = "RTC_CHANGE";
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(2);

    /** So many events are sent fast, and then slower: what waits for a slow start fits into the buffers. */
    private static final int QUOTA = 200;

    private static final int SLOWER = 50;

    @BeforeEach
    void findRedis() {
        RedisServer.assumeInstalled();
    }

    /** Events of two machines with numbers; an event while no session is up is not sent. */
    private static void emit(int number, RunningFakeQmpServer... machines) {
        for (RunningFakeQmpServer machine : machines) {
            machine.emit(EVENT, data(number));
        }
    }

    private static String data(int number) {
        return "{\"offset\":" + number + "}";
    }

    private static void awaitEvent(Site site, String machine, int number) {
        site.awaitHandled(machine + " event " + EVENT + " " + data(number));
    }

    private static List<StreamEntry> of(String machine, List<StreamEntry> entries) {
        return entries.stream()
                .filter(entry -> entry.report().machine().equals(machine))
                .toList();
    }

    /** Between two events with a hole there is a gap, and the service was started anew: nothing else loses events. */
    private static int assertHolesAreGaps(List<StreamEntry> ofMachine) {
        int holes = 0;
        StreamEntry before = null;
        boolean gap = false;
        for (StreamEntry entry : ofMachine) {
            if (entry.report().kind().equals(Report.GAP)) {
                gap = true;
            } else if (entry.report().kind().equals(Report.EVENT)) {
                if (before != null) {
                    int missing = Site.number(entry.report().data())
                            - Site.number(before.report().data())
                            - 1;
                    String both = before + " ... " + entry;
                    assertTrue(missing >= 0, both);
                    assertTrue(missing == 0 || gap, both);
                    assertTrue(missing == 0 || !entry.run().equals(before.run()), both);
                    holes += missing > 0 ? 1 : 0;
                }
                before = entry;
                gap = false;
            }
        }
        assertNotNull(before, "No events");
        return holes;
    }

    private static void assertRunsHaveNoHoles(List<StreamEntry> entries, int runs) {
        Map<String, List<Long>> numbers = entries.stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.run() + "/" + entry.series(),
                        Collectors.mapping(StreamEntry::number, Collectors.toList())));
        numbers.values().forEach(series -> {
            for (int i = 0; i < series.size(); i++) {
                assertEquals(i, series.get(i));
            }
        });
        assertEquals(runs, entries.stream().map(StreamEntry::run).distinct().count());
    }

    private static Map<String, String> counted(List<StreamEntry> entries) {
        Map<String, Long> counts = entries.stream()
                .map(StreamEntry::report)
                .collect(Collectors.groupingBy(
                        report -> report.machine() + " " + report.kind() + " " + report.name(), Collectors.counting()));
        Map<String, String> texts = new HashMap<>();
        counts.forEach((what, count) -> texts.put(what, count.toString()));
        return texts;
    }

    @Test
    @Tag("long")
    @DisplayName(
            "Redis, the service and the consumer are killed at random: no event is missing without a gap, and each counts once")
    void killed() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> victims = new ArrayList<>(List.of("redis", "host", "consumer", "redis", "consumer", "host"));
        Collections.shuffle(victims, random);
        AtomicInteger sent = new AtomicInteger();
        try (RunningFakeQmpServer vm1 = MACHINE.startUnix();
                RunningFakeQmpServer vm2 = MACHINE.startUnix();
                Site site = new Site("vm1=" + vm1.address(), "vm2=" + vm2.address())) {
            site.startConsumer("c1");
            site.awaitHandled("vm1 link UP ");
            site.awaitHandled("vm2 link UP ");
            AtomicInteger quota = new AtomicInteger();
            Disposable events = Flux.interval(BETWEEN_EVENTS)
                    .onBackpressureDrop()
                    .filter(tick -> sent.get() < quota.get() || tick % SLOWER == 0)
                    .subscribe(tick -> emit(sent.incrementAndGet(), vm1, vm2));
            try {
                for (String victim : victims) {
                    quota.set(sent.get() + QUOTA);
                    awaitMore(sent, 1 + random.nextInt(QUOTA / 2));
                    kill(victim, site);
                    Patience.until(
                            () -> Stream.of(vm1, vm2)
                                    .noneMatch(vm -> vm.openConnections().isEmpty()),
                            () -> "No session after a kill of " + victim);
                    site.awaitEventAfter(sent.get(), "vm1", "vm2");
                }
            } finally {
                events.dispose();
            }
            site.stopHost();
            site.awaitAllConsumed();
            List<StreamEntry> entries = Site.distinct(site.stream());
            String told = "victims " + victims + ", seed " + seed;
            assertRunsHaveNoHoles(entries, 3);
            for (String machine : List.of("vm1", "vm2")) {
                assertHolesAreGaps(of(machine, entries));
                assertEquals("3", site.counts().get(machine + " gap started"), told);
            }
            assertEquals(counted(entries), site.counts(), told);
        }
    }

    private static void awaitMore(AtomicInteger sent, int more) {
        int goal = sent.get() + more;
        Patience.until(() -> sent.get() >= goal, () -> "No events are sent");
    }

    private static void kill(String victim, Site site) throws Exception {
        switch (victim) {
            case "redis" -> site.redis().restart();
            case "host" -> site.restartHost();
            default -> site.startConsumer("c1");
        }
    }

    @Test
    @DisplayName("An entry that Redis has written and not confirmed is there twice, and counts once")
    void duplicate() throws Exception {
        try (RunningFakeQmpServer vm1 = MACHINE.startUnix();
                Site site = new Site("vm1=" + vm1.address())) {
            site.startConsumer("c1");
            site.awaitHandled("vm1 link UP ");
            long failures = site.failures();
            site.redis().pause();
            emit(1, vm1);
            site.awaitFailures(failures + 1);
            emit(2, vm1);
            site.redis().resume();
            awaitEvent(site, "vm1", 2);
            site.stopHost();
            site.awaitAllConsumed();
            List<StreamEntry> stream = site.stream();
            List<StreamEntry> entries = Site.distinct(stream);
            assertTrue(stream.size() > entries.size(), () -> "No duplicate in " + stream);
            assertRunsHaveNoHoles(entries, 1);
            assertEquals(0, assertHolesAreGaps(of("vm1", entries)));
            assertEquals(counted(entries), site.counts());
        }
    }

    @Test
    @DisplayName("What a consumer has read and not acknowledged when it was killed, another one takes over")
    void takenOver() throws Exception {
        try (RunningFakeQmpServer vm1 = MACHINE.startUnix();
                Site site = new Site("vm1=" + vm1.address())) {
            site.startConsumer("c1");
            site.awaitHandled("vm1 link UP ");
            emit(1, vm1);
            awaitEvent(site, "vm1", 1);
            site.stopConsumer("c1");
            emit(2, vm1);
            site.readAs("c1", "vm1 event " + EVENT + " " + data(2));
            site.startConsumer("c2");
            awaitEvent(site, "vm1", 2);
            site.stopHost();
            site.awaitAllConsumed();
            assertEquals(counted(Site.distinct(site.stream())), site.counts());
        }
    }

    @Test
    @Qemu
    @DisplayName("Real QEMU: stop and cont, a killed QEMU and what its status was are in the stream")
    void real(QemuProcess qemu, QmpSession session) throws Exception {
        try (Site site = new Site("vm1=" + qemu.address())) {
            site.startConsumer("c1");
            site.awaitHandled("vm1 link UP ");
            session.execute("cont").block(Patience.PATIENCE);
            session.execute("stop").block(Patience.PATIENCE);
            site.awaitHandled("vm1 event STOP ");
            qemu.kill();
            site.awaitHandled("vm1 outcome query-status not connected");
            List<String> kinds = Site.distinct(site.stream()).stream()
                    .map(StreamEntry::report)
                    .filter(report -> report.kind().equals(Report.EVENT))
                    .map(Report::name)
                    .toList();
            assertEquals(List.of("RESUME", "STOP"), kinds);
            assertFalse(site.counts().isEmpty());
        }
    }
}
