package io.github.qmpreactive.test.vm;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("C40, C41: events that QEMU limits to one a second")
class LimitedEventsTest {

    /** On a busy machine a burst may take longer than the second in which QEMU limits it. */
    private static final int ATTEMPTS = 10;

    private final List<QmpEvent> heard = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void realTime() {
        VirtualTimeScheduler.reset();
    }

    private QmpSession connect(RunningFakeVm vm) {
        QmpSession session = Objects.requireNonNull(vm.client().connect().block(PATIENCE));
        session.events().subscribe(heard::add, e -> {});
        return session;
    }

    /** What came, once all that was sent has come. */
    private List<String> heard(QmpSession session) {
        session.execute("query-name").block(PATIENCE);
        synchronized (heard) {
            return heard.stream()
                    .map(event -> event.name() + event.data().path("offset").asString(""))
                    .toList();
        }
    }

    private static void emitRtc(RunningFakeVm vm, int... offsets) {
        for (int offset : offsets) {
            vm.emit("RTC_CHANGE", "{\"offset\": " + offset + ", \"qom-path\": \"/rtc\"}");
        }
    }

    @Test
    @DisplayName("of a burst the first comes at once, the last at the end of the second, those between never")
    void burst() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm = FakeVm.create().start()) {
            QmpSession session = connect(vm);
            emitRtc(vm, 1, 2, 3, 4);
            assertEquals(List.of("RTC_CHANGE1"), heard(session));
            clock.advanceTimeBy(Duration.ofMillis(999));
            assertEquals(List.of("RTC_CHANGE1"), heard(session));
            clock.advanceTimeBy(Duration.ofMillis(1));
            assertEquals(List.of("RTC_CHANGE1", "RTC_CHANGE4"), heard(session));
            emitRtc(vm, 5);
            clock.advanceTimeBy(Duration.ofSeconds(3));
            assertEquals(List.of("RTC_CHANGE1", "RTC_CHANGE4", "RTC_CHANGE5"), heard(session));
            emitRtc(vm, 6);
            assertEquals("RTC_CHANGE6", heard(session).get(3));
        }
    }

    @Test
    @DisplayName("the late one has its own timestamp, and comes to a client that connects in between")
    void late() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm = FakeVm.create().withMonitors(2).start()) {
            emitRtc(vm, 1, 2);
            QmpSession session = connect(vm);
            vm.emit("POWERDOWN", "{}");
            clock.advanceTimeBy(Duration.ofSeconds(1));
            assertEquals(List.of("POWERDOWN", "RTC_CHANGE2"), heard(session));
            assertTrue(!heard.get(1)
                    .timestamp()
                    .orElseThrow()
                    .isAfter(heard.get(0).timestamp().orElseThrow()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "11.1 | VSERPORT_CHANGE | {\"id\": \"a\", \"open\": true} | {\"id\": \"b\", \"open\": true} | 2",
                "11.1 | VSERPORT_CHANGE | {\"id\": \"a\", \"open\": true} | {\"id\": \"a\", \"open\": false} | 1",
                "11.1 | QUORUM_REPORT_BAD | {\"node-name\": \"a\"} | {\"node-name\": \"b\"} | 2",
                "11.1 | MEMORY_DEVICE_SIZE_CHANGE | {\"qom-path\": \"a\"} | {\"qom-path\": \"a\"} | 1",
                "11.1 | BALLOON_CHANGE | {\"actual\": 1} | {\"actual\": 2} | 1",
                "11.1 | HV_BALLOON_STATUS_REPORT | {\"commited\": 1} | {\"commited\": 2} | 1",
                "11.1 | BLOCK_IO_ERROR | {\"qom-path\": \"a\", \"action\": \"report\"} | {\"qom-path\": \"a\", \"action\": \"report\"} | 1",
                "11.1 | BLOCK_IO_ERROR | {\"qom-path\": \"a\", \"action\": \"stop\"} | {\"qom-path\": \"a\", \"action\": \"stop\"} | 2",
                "7.2 | BLOCK_IO_ERROR | {\"action\": \"report\"} | {\"action\": \"report\"} | 2",
                "11.1 | DEVICE_DELETED | {\"path\": \"a\"} | {\"path\": \"a\"} | 2"
            })
    @DisplayName("are those of the version, each with its key")
    void keys(String version, String event, String first, String second, int count) {
        var unused = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm =
                FakeVm.create().withProfile(QemuProfile.of(version)).start()) {
            QmpSession session = connect(vm);
            vm.emit(event, first);
            vm.emit(event, second);
            assertEquals(count, heard(session).size());
        }
    }

    @Test
    @DisplayName("are sent by a FakeQmpServer as often as the test says, unless it is told to limit them")
    void server() {
        var unused = VirtualTimeScheduler.getOrSet();
        for (boolean limits : new boolean[] {false, true}) {
            FakeQmpServer plain = FakeQmpServer.create().when("query-name").reply("{}");
            try (RunningFakeQmpServer server = (limits ? plain.withLimitedEvents() : plain).startUnix()) {
                QmpSession session = Objects.requireNonNull(
                        QmpClient.create().address(server.address()).connect().block(PATIENCE));
                heard.clear();
                session.events().subscribe(heard::add, e -> {});
                server.emit("WATCHDOG", "{\"action\": \"none\"}");
                server.emit("WATCHDOG", "{\"action\": \"none\"}");
                assertEquals(limits ? 1 : 2, heard(session).size());
            }
        }
    }

    @Test
    @DisplayName("are not held up by an event of a clock that is no longer used")
    void nextClock() {
        try (RunningFakeVm vm = FakeVm.create().start()) {
            QmpSession session = connect(vm);
            var unused = VirtualTimeScheduler.getOrSet();
            emitRtc(vm, 1, 2);
            VirtualTimeScheduler.reset();
            emitRtc(vm, 3);
            assertEquals(List.of("RTC_CHANGE1", "RTC_CHANGE3"), heard(session));
        }
    }

    @Test
    @Qemu
    @DisplayName("are limited as QEMU limits them: two of a burst of four, the first and the last")
    void equalsQemu() {
        QemuWords.nearest(QemuBinary.SYSTEM);
        List<String> atQemu = Stream.generate(LimitedEventsTest::burstAtQemu)
                .limit(ATTEMPTS)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new AssertionError("Each burst took longer than a second"));
        VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
        try (RunningFakeVm vm = FakeVm.create().start()) {
            QmpSession session = connect(vm);
            emitRtc(vm, 1, 2, 3, 4);
            clock.advanceTimeBy(Duration.ofSeconds(5));
            assertEquals(atQemu, heard(session));
        }
    }

    /** Which of four events a QEMU has sent, each with its hour; empty if the four did not happen within one second. */
    private static Optional<List<String>> burstAtQemu() {
        try (QemuProcess qemu = QemuLauncher.system()
                .withArgs("-machine", "pc", "-accel", "tcg", "-m", "32", "-rtc", "base=2020-01-01T00:00:00")
                .start()) {
            QmpSession session = Objects.requireNonNull(
                    QmpClient.create().address(qemu.address()).connect().block(PATIENCE));
            Mono<List<QmpEvent>> events = session.events("RTC_CHANGE")
                    .takeUntil(event -> hour(event) == 4)
                    .collectList()
                    .cache();
            events.subscribe();
            Flux.range(1, 4)
                    .flatMapIterable(hour -> List.of("o /b 0x70 4", "o /b 0x71 " + hour))
                    .flatMapSequential(line -> session.execute("human-monitor-command", Map.of("command-line", line)))
                    .blockLast(PATIENCE);
            List<QmpEvent> sent = Objects.requireNonNull(events.block(PATIENCE));
            Duration length = Duration.between(
                    sent.get(0).timestamp().orElseThrow(),
                    sent.get(sent.size() - 1).timestamp().orElseThrow());
            return length.compareTo(Duration.ofSeconds(1)) < 0
                    ? Optional.of(sent.stream()
                            .map(event -> event.name() + hour(event))
                            .toList())
                    : Optional.empty();
        }
    }

    private static long hour(QmpEvent event) {
        return Math.round(event.data().path("offset").asLong() / 3600.0);
    }
}
