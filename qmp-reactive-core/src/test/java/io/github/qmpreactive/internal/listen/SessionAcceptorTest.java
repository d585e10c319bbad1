package io.github.qmpreactive.internal.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.commands.Settings;
import io.github.qmpreactive.internal.observation.SessionReport;
import io.github.qmpreactive.internal.session.NegotiatedSession;
import io.github.qmpreactive.internal.session.Origin;
import io.github.qmpreactive.internal.session.SessionSettings;
import io.github.qmpreactive.internal.session.SyncContext;
import io.github.qmpreactive.internal.transport.EmbeddedSockets;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One handshake at a time, each of which ends as the test says. All runs on the test's thread. */
@DisplayName("A listener with one handshake at a time")
class SessionAcceptorTest {

    private static final SessionSettings SETTINGS = new SessionSettings(
            "vm#1",
            Origin.DIALLED_IN,
            HandshakeMode.FULL,
            Duration.ofMinutes(1),
            null,
            OobMode.AUTO,
            1024,
            Settings.ONE_PLACE,
            SessionReport.NONE);

    private static final class Taker extends BaseSubscriber<NegotiatedSession> {
        final List<NegotiatedSession> taken = new ArrayList<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // The test requests.
        }

        @Override
        protected void hookOnNext(NegotiatedSession session) {
            taken.add(session);
        }
    }

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.qmpreactive.session");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final EmbeddedChannel listening = new EmbeddedChannel();
    private final List<Sinks.One<NegotiatedSession>> handshakes = new ArrayList<>();
    private final List<QmpError> failures = new ArrayList<>();
    private final Taker taker = new Taker();
    private Disposable failing;
    private Throwable broken;
    private VirtualTimeScheduler clock;
    private SessionAcceptor acceptor;

    @BeforeEach
    void begin() {
        clock = VirtualTimeScheduler.getOrSet();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(log);
        log.start();
        acceptor = new SessionAcceptor("vm", EmbeddedSockets.listening(listening), 1, (connection, number) -> {
            if (broken != null) {
                throw SessionAcceptorTest.<RuntimeException>sneak(broken);
            }
            Sinks.One<NegotiatedSession> end = Sinks.one();
            handshakes.add(end);
            return end.asMono();
        });
        failing = acceptor.failures().subscribe(failures::add);
        acceptor.sessions().subscribe(taker);
    }

    @AfterEach
    void reset() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(null);
        VirtualTimeScheduler.reset();
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E sneak(Throwable error) throws E {
        throw (E) error;
    }

    private Peer accept() {
        Peer peer = new Peer();
        acceptor.accept(peer);
        return peer;
    }

    private CompletableFuture<Void> close() {
        return acceptor.close().toFuture();
    }

    private List<String> lines(String words) {
        return log.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .filter(line -> line.contains(words))
                .toList();
    }

    private static NegotiatedSession session(Connection connection) {
        return new NegotiatedSession(SyncContext.of(connection, SETTINGS).session(), null, Set.of());
    }

    private void succeeds(int handshake, NegotiatedSession session) {
        handshakes.get(handshake).tryEmitValue(session).orThrow();
    }

    private void fails(int handshake) {
        handshakes
                .get(handshake)
                .tryEmitError(new ConnectError(Reason.CLOSED, "closed", null))
                .orThrow();
    }

    private ConnectError failure() {
        assertEquals(1, failures.size());
        return assertInstanceOf(ConnectError.class, failures.get(0));
    }

    @Test
    @DisplayName("P17 disconnects a silent peer after 1 s if a connection waits; failures() says that it gave way")
    void givesWay() {
        taker.request(Long.MAX_VALUE);
        Peer silent = accept();
        Peer waiting = accept();
        assertEquals(1, handshakes.size());
        assertFalse(listening.config().isAutoRead());
        clock.advanceTimeBy(Duration.ofSeconds(1));
        silent.loopTurns();
        assertFalse(silent.isOpen());
        fails(0);
        assertEquals(Reason.NO_GREETING, failure().reason());
        assertEquals(2, handshakes.size());
        assertTrue(listening.config().isAutoRead());
        NegotiatedSession session = session(waiting);
        succeeds(1, session);
        assertEquals(List.of(session), taker.taken);
    }

    @Test
    @DisplayName("P17 emits no session whose peer was disconnected as its handshake succeeded; the next one begins")
    void givesWayAsItSucceeds() {
        taker.request(Long.MAX_VALUE);
        Peer silent = accept();
        NegotiatedSession session = session(silent);
        accept();
        clock.advanceTimeBy(Duration.ofSeconds(1));
        silent.loopTurns();
        succeeds(0, session);
        assertEquals(List.of(), taker.taken);
        assertEquals(Reason.NO_GREETING, failure().reason());
        assertEquals(2, handshakes.size());
    }

    @Test
    @DisplayName("leaves a silent peer connected while no connection waits, and while none is requested that waits")
    void noneWaits() {
        taker.request(1);
        Peer silent = accept();
        clock.advanceTimeBy(Duration.ofSeconds(30));
        silent.loopTurns();
        taker.cancel();
        accept();
        clock.advanceTimeBy(Duration.ofSeconds(30));
        silent.loopTurns();
        assertTrue(silent.isOpen());
        assertEquals(List.of(), failures);
    }

    @Test
    @DisplayName("accepts the next connection when one that waited is closed by its peer")
    void waitingEnds() {
        accept().ends();
        assertEquals(Reason.CLOSED, failure().reason());
        assertTrue(listening.config().isAutoRead());
        Peer next = accept();
        assertFalse(listening.config().isAutoRead());
        taker.request(1);
        assertEquals(1, handshakes.size());
        assertTrue(next.isOpen());
    }

    @Test
    @DisplayName("closes the connection of a handshake that throws, and emits what was thrown as ConnectError")
    void throwing() {
        IllegalStateException bug = new IllegalStateException("a bug");
        broken = bug;
        taker.request(1);
        Peer peer = accept();
        assertFalse(peer.isOpen());
        assertEquals(Reason.OTHER, failure().reason());
        assertEquals(
                "[vm] The handshake failed: java.lang.IllegalStateException: a bug",
                failure().getMessage());
        assertSame(bug, failure().getCause());
    }

    @Test
    @DisplayName(
            "goes on with the next connection when a handshake throws an error of the JVM, and emits it as ConnectError")
    void missingClass() {
        NoClassDefFoundError missing = new NoClassDefFoundError("SslHandler");
        broken = missing;
        taker.request(Long.MAX_VALUE);
        assertFalse(accept().isOpen());
        assertEquals(Reason.OTHER, failure().reason());
        assertSame(missing, failure().getCause());
        assertTrue(listening.config().isAutoRead());
        broken = null;
        Peer next = accept();
        NegotiatedSession session = session(next);
        succeeds(0, session);
        assertEquals(List.of(session), taker.taken);
    }

    @Test
    @DisplayName("that is closed: closes a connection that is accepted afterwards")
    void acceptedAfterClose() {
        taker.request(1);
        close();
        assertFalse(accept().isOpen());
        assertEquals(0, handshakes.size());
    }

    @Test
    @DisplayName("that is closed: a handshake that fails of it is no failure, and not logged as one")
    void failsAfterClose() {
        taker.request(1);
        Peer peer = accept();
        close();
        assertFalse(peer.isOpen());
        fails(0);
        assertEquals(List.of(), failures);
        assertEquals(List.of(), lines("Cannot open a session"));
    }

    @Test
    @DisplayName("that is closed: a handshake that succeeds nevertheless is neither a session nor a failure")
    void succeedsAfterClose() {
        taker.request(1);
        Peer peer = accept();
        NegotiatedSession session = session(peer);
        close();
        succeeds(0, session);
        assertEquals(List.of(), taker.taken);
        assertEquals(List.of(), failures);
        assertEquals(List.of(), lines("Cannot open a session"));
    }

    @Test
    @DisplayName("close() completes when the connections are closed that wait, or are in a handshake, and not before")
    void closeCompletes() {
        taker.request(1);
        Peer handshaking = accept();
        Peer waiting = accept();
        CompletableFuture<Void> closed = close();
        assertFalse(handshaking.isOpen() || waiting.isOpen());
        waiting.ends();
        assertFalse(closed.isDone());
        handshaking.ends();
        assertTrue(closed.isDone());
    }

    @Test
    @DisplayName("logs at DEBUG that failures() has no subscriber with demand, and does not where it has one")
    void failuresWithoutSubscriber() {
        accept().ends();
        assertEquals(List.of(), lines("failures()"));
        failing.dispose();
        accept().ends();
        assertEquals(List.of("DEBUG [vm] failures() emitted no error: FAIL_ZERO_SUBSCRIBER"), lines("failures()"));
        assertEquals(2, lines("WARN [vm] Cannot open a session").size());
    }
}
