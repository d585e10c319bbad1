package io.github.qmpreactive.guest;

import static io.github.qmpreactive.guest.FakeGuests.FREEZE;
import static io.github.qmpreactive.guest.FakeGuests.REFUSED_AS_FROZEN;
import static io.github.qmpreactive.guest.FakeGuests.THAW;
import static io.github.qmpreactive.guest.FakeGuests.agent;
import static io.github.qmpreactive.guest.FakeGuests.connect;
import static io.github.qmpreactive.guest.FakeGuests.guest;
import static io.github.qmpreactive.guest.FakeGuests.names;
import static io.github.qmpreactive.guest.FakeGuests.roundTrip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestMayBeFrozenError;
import io.github.qmpreactive.error.GuestNotFrozenError;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;

@ExtendWith(LeakGuard.class)
@DisplayName("Work while the guest is frozen")
class FrozenTest {

    private static final String STATUS = "guest-fsfreeze-status";

    /** Freezes and thaws two file systems. */
    static FakeQmpServer freezing() {
        return agent().when(FREEZE).reply("2").when(THAW).reply("2");
    }

    @Test
    @DisplayName("begins when it is frozen, and its value is emitted when it is thawed")
    void value() {
        try (RunningFakeQmpServer server = freezing().startUnix()) {
            QgaGuest guest = guest(server);
            Mono<String> frozen = guest.frozen(Mono.fromSupplier(() -> {
                assertEquals(List.of(FREEZE), names(server));
                return "done";
            }));
            assertEquals(List.of(), names(server));
            StepVerifier.create(frozen).expectNext("done").verifyComplete();
            assertEquals(List.of(FREEZE, THAW), names(server));
            StepVerifier.create(guest.frozen(Mono.empty())).verifyComplete();
            assertEquals(List.of(FREEZE, THAW, FREEZE, THAW), names(server));
        }
    }

    @Test
    @DisplayName("can be for some mount points alone")
    void mountPoints() {
        try (RunningFakeQmpServer server =
                freezing().when("guest-fsfreeze-freeze-list").reply("1").startUnix()) {
            FreezeOptions options = FreezeOptions.defaults().mountPoints("/", "/srv");
            StepVerifier.create(guest(server).frozen(Mono.just(1), options))
                    .expectNext(1)
                    .verifyComplete();
            assertEquals(
                    "{\"mountpoints\":[\"/\",\"/srv\"]}",
                    server.received("guest-fsfreeze-freeze-list")
                            .get(0)
                            .arguments()
                            .toString());
            assertEquals(1, server.received(THAW).size());
        }
    }

    @Test
    @DisplayName("that errors is an error when the guest is thawed")
    void workFails() {
        try (RunningFakeQmpServer server = freezing().startUnix()) {
            StepVerifier.create(guest(server).frozen(Mono.error(new IllegalStateException("no snapshot"))))
                    .verifyErrorMessage("no snapshot");
            assertEquals(List.of(FREEZE, THAW), names(server));
        }
    }

    @Test
    @DisplayName("that is cancelled is followed by thawing, in this order")
    void cancelled() {
        try (RunningFakeQmpServer server = freezing().startUnix()) {
            TestPublisher<String> work = TestPublisher.create();
            Mono<String> watched = work.mono().doOnCancel(() -> assertEquals(List.of(FREEZE), names(server)));
            StepVerifier.create(guest(server).frozen(watched))
                    .then(() -> server.awaitCommand(FREEZE))
                    .then(() -> Patience.until(work::wasSubscribed, () -> "the work has not begun"))
                    .thenCancel()
                    .verify();
            work.assertCancelled();
            server.awaitCommand(THAW);
        }
    }

    @Test
    @DisplayName("is not begun when freezing is cancelled, and what is frozen then is thawed")
    void cancelledFreeze() {
        PublisherProbe<String> work = PublisherProbe.empty();
        try (RunningFakeQmpServer server = freezing().when(FREEZE).silent().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).frozen(work.mono()))
                    .then(() -> server.awaitCommand(FREEZE))
                    .thenCancel()
                    .verify();
            server.awaitConnection().reply(server.received(FREEZE).get(0), "2");
            server.awaitCommand(THAW);
            work.assertWasNotSubscribed();
        }
    }

    @Test
    @DisplayName("is not begun, and nothing is sent, if it is cancelled when it is subscribed to")
    void cancelledAtOnce() {
        PublisherProbe<String> work = PublisherProbe.empty();
        try (RunningFakeQmpServer server = freezing().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).frozen(work.mono()).takeUntilOther(Mono.just(1)))
                    .verifyComplete();
            roundTrip(session);
            roundTrip(session);
            assertEquals(List.of(), names(server));
            work.assertWasNotSubscribed();
        }
    }

    @Test
    @DisplayName("that is cancelled while another freezes the guest on the same session does not thaw the other's")
    void cancelledBehindAnother() {
        TestPublisher<String> first = TestPublisher.create();
        try (RunningFakeQmpServer server = freezing()
                .when(FREEZE)
                .silent()
                .when(STATUS)
                .reply("\"frozen\"")
                .startUnix()) {
            QgaSession session = connect(server);
            FakeConnection connection = server.awaitConnection();
            QgaGuest guest = QgaGuest.of(session);
            StepVerifier.create(guest.frozen(first.mono()))
                    .then(() -> server.awaitCommand(FREEZE))
                    .then(() -> guest.frozen(Mono.just("second")).subscribe().dispose())
                    .then(() -> server.when(FREEZE).answer(REFUSED_AS_FROZEN))
                    .then(() -> connection.reply(server.received(FREEZE).get(0), "2"))
                    .then(() -> server.awaitCommand(FREEZE, 1))
                    .then(() -> server.awaitCommand(STATUS))
                    .then(() -> roundTrip(session))
                    .then(() -> assertEquals(List.of(FREEZE, FREEZE, STATUS), names(server)))
                    .then(() -> first.emit("first"))
                    .expectNext("first")
                    .verifyComplete();
            assertEquals(1, server.received(THAW).size());
        }
    }

    @Test
    @DisplayName("whose thawing is cancelled is thawed all the same, once")
    void cancelledThaw() {
        try (RunningFakeQmpServer server = freezing().when(THAW).silent().startUnix()) {
            QgaSession session = connect(server);
            StepVerifier.create(QgaGuest.of(session).frozen(Mono.just(1)))
                    .then(() -> server.awaitCommand(THAW))
                    .thenCancel()
                    .verify();
            server.awaitConnection().reply(server.received(THAW).get(0), "2");
            roundTrip(session);
            assertEquals(1, server.received(THAW).size());
            assertEquals(1, server.received("guest-sync-delimited").size());
        }
    }

    @Test
    @DisplayName("is not begun if nothing is frozen, and the error names the mount points")
    void nothingFrozen() {
        PublisherProbe<String> work = PublisherProbe.empty();
        try (RunningFakeQmpServer server = agent().when("guest-fsfreeze-freeze-list")
                .reply("0")
                .when(THAW)
                .reply("0")
                .startUnix()) {
            FreezeOptions options = FreezeOptions.defaults().mountPoints("/nowhere");
            StepVerifier.create(guest(server).frozen(work.mono(), options)).verifyErrorSatisfies(e -> {
                assertInstanceOf(GuestNotFrozenError.class, e);
                assertTrue(e.getMessage().contains("/nowhere"), e.getMessage());
            });
            work.assertWasNotSubscribed();
        }
    }

    @Test
    @DisplayName("at whose end nothing is frozen any more need not be consistent, which is an error")
    void thawedMeanwhile() {
        try (RunningFakeQmpServer server = freezing().when(THAW).reply("0").startUnix()) {
            StepVerifier.create(guest(server).frozen(Mono.just(1))).verifyError(GuestNotFrozenError.class);
        }
    }

    @Test
    @DisplayName(
            "at whose end the agent thaws less than it froze may leave the guest frozen in part, which is an error")
    void partlyThawed() {
        try (RunningFakeQmpServer server = freezing().when(THAW).reply("1").startUnix()) {
            StepVerifier.create(guest(server).frozen(Mono.just(1))).verifyErrorSatisfies(e -> {
                assertInstanceOf(GuestMayBeFrozenError.class, e);
                assertTrue(e.getMessage().contains("thawed 1 of 2"), e.getMessage());
            });
        }
    }

    @Test
    @DisplayName("is not begun if the agent refuses to freeze; nothing is thawed")
    void refused() {
        PublisherProbe<String> work = PublisherProbe.empty();
        for (String status : List.of("\"thawed\"", "5")) {
            try (RunningFakeQmpServer server = agent().when(FREEZE)
                    .error("GenericError", "failed to freeze /: Device or resource busy")
                    .when(STATUS)
                    .reply(status)
                    .startUnix()) {
                StepVerifier.create(guest(server).frozen(work.mono())).verifyError(ExecuteError.class);
                assertEquals(List.of(FREEZE, STATUS), names(server));
                work.assertWasNotSubscribed();
            }
        }
    }

    @Test
    @DisplayName(
            "is not begun if another client has frozen the guest: that is told loudly, and the guest is left frozen")
    void frozenBefore() {
        PublisherProbe<String> work = PublisherProbe.empty();
        try (RunningFakeQmpServer server = agent().when(FREEZE)
                .answer(REFUSED_AS_FROZEN)
                .when(STATUS)
                .reply("\"frozen\"")
                .startUnix()) {
            StepVerifier.create(guest(server).frozen(work.mono())).verifyErrorSatisfies(e -> {
                assertInstanceOf(
                        ExecuteError.class,
                        assertInstanceOf(GuestMayBeFrozenError.class, e).getCause());
                assertTrue(e.getMessage().contains("frozen before"), e.getMessage());
            });
            work.assertWasNotSubscribed();
            assertEquals(List.of(FREEZE, STATUS), names(server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "-1", "\"1\"", "1.5", "18446744073709551615"})
    @DisplayName("is not begun if the agent's count cannot be read; what may be frozen is thawed")
    void badCount(String count) {
        PublisherProbe<String> work = PublisherProbe.empty();
        try (RunningFakeQmpServer server = freezing().when(FREEZE).reply(count).startUnix()) {
            StepVerifier.create(guest(server).frozen(work.mono())).verifyError(BadReplyError.class);
            assertEquals(List.of(FREEZE, THAW), names(server));
            work.assertWasNotSubscribed();
        }
    }

    @Test
    @DisplayName("leaves two verbs: whether the guest is frozen, and to thaw it")
    void verbs() {
        try (RunningFakeQmpServer server = freezing()
                .when(STATUS)
                .answer(Answer.reply("\"frozen\""), Answer.reply("\"thawed\""), Answer.reply("\"melting\""))
                .startUnix()) {
            QgaGuest guest = guest(server);
            StepVerifier.create(guest.isFrozen()).expectNext(true).verifyComplete();
            StepVerifier.create(guest.thaw()).expectNext(2).verifyComplete();
            StepVerifier.create(guest.isFrozen()).expectNext(false).verifyComplete();
            StepVerifier.create(guest.isFrozen()).verifyError(BadReplyError.class);
        }
    }

    @Test
    @DisplayName("has limits of more than zero")
    void limits() {
        FreezeOptions options = FreezeOptions.defaults();
        assertThrows(IllegalArgumentException.class, () -> options.freezeLimit(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> options.thawLimit(Duration.ofSeconds(-1)));
    }
}
