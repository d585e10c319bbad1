package io.github.qmpreactive.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.supervise.Supervisor;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

@DisplayName("Redis Streams: the service of a host")
class HostServiceTest {

    private static final FakeQmpServer MACHINE =
            FakeQmpServer.create().when("query-status").reply("{\"status\": \"running\", \"running\": true}");

    private static final Duration OFTEN = Duration.ofMillis(10);

    private final QmpFleet fleet = QmpFleet.create();
    private RedisFixture redis;

    @BeforeEach
    void start() throws IOException {
        redis = new RedisFixture();
    }

    @AfterEach
    void end() {
        fleet.stop();
        fleet.stopped().block(Patience.PATIENCE);
        redis.close();
    }

    private HostService service() {
        return new HostService("host1", fleet, OFTEN, redis.connection(), RedisFixture.STREAM);
    }

    private void add(String machine, RunningFakeQmpServer server) {
        fleet.add(machine, QmpClient.create().address(server.address()));
    }

    private void awaitConnected(boolean connected) {
        Patience.until(
                () -> fleet.names().stream()
                        .allMatch(name ->
                                fleet.machine(name).flatMap(Supervisor::current).isPresent() == connected),
                () -> "connected is not " + connected);
    }

    private static Predicate<Report> of(String kind, String name) {
        return report -> report.kind().equals(kind) && report.name().equals(name);
    }

    private static int index(List<StreamEntry> stream, Predicate<Report> wanted) {
        return stream.stream()
                .map(entry -> wanted.test(entry.report()))
                .toList()
                .indexOf(true);
    }

    @Test
    @DisplayName("A link does not wait behind the events that have piled up while Redis was slow")
    void backlog() {
        try (RunningFakeQmpServer vm = MACHINE.startUnix()) {
            add("vm1", vm);
            Disposable running = service().publish().subscribe();
            redis.await(1, of(Report.LINK, "UP"));
            redis.server().pause();
            vm.awaitConnection().emitMany(50, "MANY");
            vm.awaitConnection().emit("LAST");
            fleet.each(session -> session.execute("query-status"), Patience.PATIENCE)
                    .blockLast(Patience.PATIENCE); // behind the events
            vm.stopListening().block(Patience.PATIENCE);
            vm.awaitConnection().close();
            awaitConnected(false);
            redis.server().resume();
            redis.await(1, of(Report.LINK, "DOWN"));
            List<StreamEntry> stream = redis.await(1, of(Report.EVENT, "LAST"));
            int link = index(stream, of(Report.LINK, "DOWN"));
            int last = index(stream, of(Report.EVENT, "LAST"));
            assertTrue(link < last, () -> link + " is behind " + last);
            running.dispose();
        }
    }

    @Test
    @DisplayName("Each machine is asked while Redis is slow: none is told as one that has not answered")
    void slowRedis() {
        int machines = 80; // more than the fleet asks at once
        try (RunningFakeQmpServer vms = MACHINE.withConcurrentClients().startUnix()) {
            for (int i = 0; i < machines; i++) {
                add("vm" + i, vms);
            }
            fleet.start();
            awaitConnected(true);
            redis.server().pause();
            Disposable running = service().publish().subscribe();
            Patience.until(
                    () -> vms.received("query-status").size() == machines,
                    () -> vms.received("query-status").size() + " were asked");
            redis.server().resume();
            List<Report> first = redis.await(machines, report -> report.kind().equals(Report.OUTCOME)).stream()
                    .map(StreamEntry::report)
                    .filter(report -> report.kind().equals(Report.OUTCOME))
                    .limit(machines)
                    .toList();
            assertEquals(fleet.names(), first.stream().map(Report::machine).collect(Collectors.toSet()));
            assertEquals(
                    Set.of("{\"status\":\"running\",\"running\":true}"),
                    first.stream().map(Report::data).collect(Collectors.toSet()));
            running.dispose();
        }
    }

    @Test
    @DisplayName("A second subscription is a run of its own, which counts from 0 and begins with a gap")
    void runs() {
        try (RunningFakeQmpServer vm = MACHINE.startUnix()) {
            add("vm1", vm);
            HostService service = service();
            Disposable first = service.publish().subscribe();
            redis.await(1, of(Report.LINK, "UP"));
            first.dispose();
            Disposable second = service.publish().subscribe();
            List<StreamEntry> gaps = redis.await(2, of(Report.GAP, "started")).stream()
                    .filter(entry -> entry.report().kind().equals(Report.GAP))
                    .toList();
            assertEquals(List.of(0L, 0L), gaps.stream().map(StreamEntry::number).toList());
            assertEquals(2, gaps.stream().map(StreamEntry::run).distinct().count());
            second.dispose();
        }
    }
}
