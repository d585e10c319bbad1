package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.DONE;
import static io.github.qmpreactive.guest.FakeGuests.RUNNING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Operations in a guest whose replies, cancels and ends come by chance")
class GuestChanceTest {

    private static final int CALLS = 400;

    private final Random chance = new Random(7);
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger frozen = new AtomicInteger();
    private final AtomicInteger thawed = new AtomicInteger();

    /** One of them, now and then an error or the end of the session. */
    private synchronized Answer answer(int errors, int ends, String... replies) {
        if (chance.nextInt(100) < errors) {
            return Answer.error("GenericError", "by chance");
        }
        Answer reply = Answer.reply(replies[chance.nextInt(replies.length)]);
        return chance.nextInt(100) < ends ? reply.thenClose() : reply;
    }

    private static Answer counted(AtomicInteger count, Answer answer) {
        count.incrementAndGet();
        return answer;
    }

    private FakeQmpServer agent(int errors, int ends) {
        return FakeQmpServer.guestAgent()
                .when("guest-exec")
                .answer(any -> answer(errors, ends, "{\"pid\": 7}"))
                .when("guest-exec-status")
                .answer(any -> answer(errors, ends, RUNNING, DONE, DONE))
                .when("guest-file-open")
                .answer(any -> counted(opened, answer(0, ends, "1000")))
                .when("guest-file-read")
                .answer(any -> answer(
                        errors,
                        ends,
                        "{\"count\": 1, \"buf-b64\": \"YQ==\", \"eof\": false}",
                        "{\"count\": 0, \"buf-b64\": \"\", \"eof\": true}"))
                .when("guest-file-write")
                .answer(any -> answer(errors, ends, "{\"count\": 1, \"eof\": false}"))
                .when("guest-file-close")
                .answer(any -> counted(closed, answer(0, ends, "{}")))
                .when("guest-fsfreeze-freeze")
                .answer(any -> counted(frozen, answer(0, ends, "1")))
                .when("guest-fsfreeze-thaw")
                .answer(any -> counted(thawed, answer(0, ends, "1")))
                .when("guest-fsfreeze-status")
                .reply("\"thawed\"")
                .withConcurrentClients();
    }

    private static Publisher<?> operation(QgaSession session, int number) {
        QgaGuest guest = QgaGuest.of(session);
        return switch (number % 4) {
            case 0 -> guest.exec(GuestCommand.of("true"), Duration.ofMillis(1 + number % 90));
            case 1 -> guest.readFile("f");
            case 2 -> guest.writeFile("f", Flux.just(new byte[3], new byte[2]));
            default -> guest.frozen(session.execute("guest-ping"));
        };
    }

    /** Cancelled on another thread, when the agent has answered some commands between those of the operation. */
    private static Mono<Void> cancelled(QgaSession session, int number) {
        Mono<Void> cancel =
                session.execute("guest-ping").repeat(number % 7).then().publishOn(Schedulers.parallel());
        return Flux.from(operation(session, number)).takeUntilOther(cancel).then();
    }

    private static void runAll(RunningFakeQmpServer server, boolean cancels) {
        QgaClient client = FakeGuests.client(server);
        StepVerifier.create(Flux.range(0, CALLS)
                        .flatMap(
                                number -> client.use(session -> (cancels
                                                        ? cancelled(session, number)
                                                        : Flux.from(operation(session, number))
                                                                .then())
                                                // Behind what closes and thaws.
                                                .then(session.execute("guest-ping"))
                                                .then(session.execute("guest-ping")))
                                        .onErrorComplete(QmpError.class),
                                20)
                        .then())
                .expectComplete()
                .verify(Patience.MANY);
    }

    @Test
    @DisplayName("end each time, by an outcome or a QmpError, and drop nothing")
    void ends() {
        try (RunningFakeQmpServer server = agent(10, 5).startUnix()) {
            runAll(server, false);
        }
    }

    @Test
    @DisplayName("cancelled while sessions end, drop nothing")
    void cancelsAndEnds() {
        try (CapturedLog log = CapturedLog.ofGuests()) {
            try (RunningFakeQmpServer server = agent(10, 5).startUnix()) {
                runAll(server, true);
            }
            // Where the session ends before the guest is thawed, no subscriber is left for the error.
            List<String> errors = log.about("").stream()
                    .filter(line -> line.startsWith("ERROR") && !line.contains("The guest may still be frozen"))
                    .toList();
            assertEquals(List.of(), errors);
        }
    }

    @Test
    @DisplayName("cancelled at any moment leave no file open, and no guest frozen")
    void cancels() {
        try (RunningFakeQmpServer server = agent(10, 0).startUnix()) {
            runAll(server, true);
            assertTrue(opened.get() > 50 && frozen.get() > 20, opened + " files, " + frozen + " freezes");
            Patience.until(() -> opened.get() == closed.get(), () -> opened + " files opened, " + closed + " closed");
            Patience.until(() -> thawed.get() >= frozen.get(), () -> frozen + " freezes, " + thawed + " thaws");
        }
    }
}
