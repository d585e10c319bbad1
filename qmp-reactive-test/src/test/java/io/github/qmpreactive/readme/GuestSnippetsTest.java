package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.guest.GuestCommand;
import io.github.qmpreactive.guest.QgaGuest;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("The client's guide: in the guest")
@ExtendWith(LeakGuard.class)
class GuestSnippetsTest {

    private final GuestSnippets snippets = new GuestSnippets();

    private static QgaClient client(RunningFakeQmpServer server) {
        return QgaClient.create().address(server.address());
    }

    private static <T> StepVerifier.FirstStep<T> with(RunningFakeQmpServer server, Function<QgaSession, Mono<T>> work) {
        return StepVerifier.create(client(server).use(work));
    }

    private static FakeQmpServer executing(String status) {
        return FakeQmpServer.guestAgent()
                .when("guest-exec")
                .reply("{\"pid\": 7}")
                .when("guest-exec-status")
                .reply(status);
    }

    @Test
    @DisplayName("guest-exec emits what a program has printed, unless it has failed")
    void exec() {
        String printed = "\"out-data\": \"MTIzNA==\", \"exited\": true";
        try (RunningFakeQmpServer server =
                executing("{\"exitcode\": 0, " + printed + "}").startUnix()) {
            with(server, snippets::freeSpace)
                    .expectNext("1234")
                    .expectComplete()
                    .verify(PATIENCE);
        }
        try (RunningFakeQmpServer server =
                executing("{\"exitcode\": 1, " + printed + "}").startUnix()) {
            with(server, snippets::freeSpace).expectComplete().verify(PATIENCE);
        }
    }

    /** Each query has a limit of its own, so it has to be answered before more time passes. */
    private static void advance(VirtualTimeScheduler time, QgaSession session, int seconds) {
        for (int i = 0; i < seconds; i++) {
            session.execute("guest-ping").block(PATIENCE);
            time.advanceTimeBy(Duration.ofSeconds(1));
        }
    }

    @Test
    @DisplayName("guest-exec-later waits on for a program that has outlasted its limit")
    void later() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = executing("{\"exited\": false}").startUnix()) {
            QgaSession session = client(server).connect().block(PATIENCE);
            StepVerifier.create(snippets.upgrade(QgaGuest.of(session), GuestCommand.of("upgrade")))
                    .then(() -> server.awaitCommand("guest-exec-status"))
                    .then(() -> advance(time, session, 11 * 60))
                    .then(() -> server.when("guest-exec-status").reply("{\"exited\": true, \"exitcode\": 0}"))
                    .then(() -> advance(time, session, 2))
                    .expectNextCount(1)
                    .expectComplete()
                    .verify(PATIENCE);
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("guest-files copies a file from one guest to another")
    void files() {
        FakeQmpServer agent = FakeQmpServer.guestAgent()
                .when("guest-file-open")
                .reply("1000")
                .when("guest-file-close")
                .reply("{}");
        try (RunningFakeQmpServer from = agent.when("guest-file-read")
                        .reply("{\"count\": 3, \"buf-b64\": \"YWJj\", \"eof\": true}")
                        .startUnix();
                RunningFakeQmpServer to = agent.when("guest-file-write")
                        .withArguments("{\"handle\": 1000, \"buf-b64\": \"YWJj\"}")
                        .reply("{\"count\": 3, \"eof\": false}")
                        .startUnix()) {
            Mono<Long> copy = client(from).use(source -> client(to)
                    .use(target -> snippets.copy(QgaGuest.of(source), QgaGuest.of(target), "/etc/motd")));
            StepVerifier.create(copy).expectNext(3L).expectComplete().verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("guest-frozen makes a snapshot while the guest is frozen, and thaws it also if that fails")
    void frozen() {
        FakeQmpServer agent = FakeQmpServer.guestAgent()
                .when("guest-fsfreeze-freeze")
                .reply("1")
                .when("guest-fsfreeze-thaw")
                .reply("1");
        try (RunningFakeQmpServer server = agent.startUnix();
                RunningFakeVm vm = FakeVm.create().start()) {
            vm.server()
                    .when("blockdev-snapshot-sync")
                    .answer(Answer.reply("{}"), Answer.error("GenericError", "No space left on device"));
            for (boolean fails : new boolean[] {false, true}) {
                Mono<?> snapshot = vm.client().use(monitor -> client(server)
                        .use(session -> snippets.snapshot(monitor, session, client(server))));
                var end = StepVerifier.create(snapshot.then());
                (fails ? end.expectError(ExecuteError.class) : end.expectComplete()).verify(PATIENCE);
                assertEquals(
                        fails ? 2 : 1, server.received("guest-fsfreeze-thaw").size());
            }
        }
    }
}
