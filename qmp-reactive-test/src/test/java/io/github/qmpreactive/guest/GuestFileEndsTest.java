package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.REFUSED_AS_FROZEN;
import static io.github.qmpreactive.guest.FakeGuests.connect;
import static io.github.qmpreactive.guest.FakeGuests.guest;
import static io.github.qmpreactive.guest.FakeGuests.names;
import static io.github.qmpreactive.guest.FakeGuests.roundTrip;
import static io.github.qmpreactive.guest.GuestFileTest.CLOSE;
import static io.github.qmpreactive.guest.GuestFileTest.READ;
import static io.github.qmpreactive.guest.GuestFileTest.SMALL;
import static io.github.qmpreactive.guest.GuestFileTest.WRITE;
import static io.github.qmpreactive.guest.GuestFileTest.assertClosed;
import static io.github.qmpreactive.guest.GuestFileTest.bytes;
import static io.github.qmpreactive.guest.GuestFileTest.chunk;
import static io.github.qmpreactive.guest.GuestFileTest.opening;
import static io.github.qmpreactive.guest.GuestFileTest.writing;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.session.CapturedLog;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

@ExtendWith(LeakGuard.class)
@DisplayName("The end of a file of the guest: one")
class GuestFileEndsTest {

    @Test
    @DisplayName("is not opened if its subscriber cancels when it subscribes")
    void cancelledAtOnce() {
        try (RunningFakeQmpServer server = opening().startUnix()) {
            QgaSession session = connect(server);
            QgaGuest guest = QgaGuest.of(session);
            for (boolean reading : new boolean[] {true, false}) {
                Publisher<?> file = reading ? guest.readFile("f") : guest.writeFile("f", Flux.never());
                Flux.from(file).subscribe(new BaseSubscriber<Object>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        cancel();
                    }
                });
            }
            StepVerifier.create(guest.readFile("f").takeUntilOther(Mono.just(1)))
                    .verifyComplete();
            roundTrip(session);
            roundTrip(session);
            assertEquals(List.of(), names(server));
        }
    }

    @Test
    @DisplayName(
            "that the agent does not close while the guest is frozen is closed later, which its reader does not wait for")
    void closedLater() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (RunningFakeQmpServer server = opening()
                .when(READ)
                .answer(chunk("abcd", true))
                .when(CLOSE)
                .answer(REFUSED_AS_FROZEN, REFUSED_AS_FROZEN, Answer.reply("{}"))
                .startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).readFile("f", SMALL))
                    .expectNextCount(1)
                    .verifyComplete();
            for (int closes = 1; closes <= 3; closes++) {
                server.awaitCommand(CLOSE, closes - 1);
                roundTrip(session);
                assertEquals(closes, server.received(CLOSE).size());
                time.advanceTimeBy(GuestFile.FIRST_PAUSE);
            }
            time.advanceTimeBy(Duration.ofHours(1));
            roundTrip(session);
            assertEquals(3, server.received(CLOSE).size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName("that the agent refuses to close for five minutes stays open, of which a line is logged")
    void neverClosed() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try (CapturedLog log = CapturedLog.ofGuests();
                RunningFakeQmpServer server =
                        writing().when(CLOSE).answer(REFUSED_AS_FROZEN).startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).writeFile("f", Flux.just(bytes("a"))))
                    .verifyError(ExecuteError.class);
            Patience.until(
                    () -> {
                        roundTrip(session);
                        time.advanceTimeBy(GuestFile.RELEASE_LIMIT.dividedBy(2));
                        return !log.about("stays open").isEmpty();
                    },
                    () -> "no line");
            assertTrue(log.about("stays open").get(0).startsWith("WARN"));
            assertEquals(16, server.received(CLOSE).size());
        } finally {
            VirtualTimeScheduler.reset();
        }
    }

    @Test
    @DisplayName(
            "whose content errors while a write fails ends with the error of the write, and that of the content beside")
    void contentAndWriteFail() {
        TestPublisher<byte[]> content = TestPublisher.create();
        try (RunningFakeQmpServer server = opening().when(WRITE).silent().startUnix()) {
            StepVerifier.create(guest(server).writeFile("f", content))
                    .then(() -> Patience.until(content::wasRequested, () -> "the content was not requested"))
                    .then(() -> content.next(bytes("a")))
                    .then(() -> server.awaitCommand(WRITE))
                    .then(() -> content.error(new IllegalStateException("no more")))
                    .then(() -> server.awaitConnection()
                            .answer(
                                    server.received(WRITE).get(0),
                                    Answer.error("GenericError", "No space left on device")))
                    .verifyErrorSatisfies(e -> {
                        assertEquals(
                                WRITE, assertInstanceOf(ExecuteError.class, e).command());
                        assertEquals("no more", e.getSuppressed()[0].getMessage());
                    });
            assertClosed(server);
        }
    }
}
