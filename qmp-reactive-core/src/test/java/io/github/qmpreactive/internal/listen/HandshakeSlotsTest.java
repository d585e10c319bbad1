package io.github.qmpreactive.internal.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("P17 While connections wait for a handshake to end")
class HandshakeSlotsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration INSTANT = Duration.ofNanos(1);

    private final SessionLoop loop = new SessionLoop(new EmbeddedChannel().eventLoop());
    private VirtualTimeScheduler clock;
    private HandshakeSlots slots;

    /** Connections that wait: each takes the place of a handshake that has ended. */
    private int waiting;

    private int changes;

    @BeforeEach
    void begin() {
        clock = VirtualTimeScheduler.getOrSet();
        slots = new HandshakeSlots(loop, "vm", () -> {
            changes++;
            makeRoom();
        });
    }

    @AfterEach
    void reset() {
        VirtualTimeScheduler.reset();
    }

    private void makeRoom() {
        if (waiting > 0) {
            slots.makeRoom();
        }
    }

    private void wait(int connections) {
        waiting = connections;
        makeRoom();
    }

    private HandshakeSlots.Slot handshake(Peer peer) {
        HandshakeSlots.Slot slot = slots.add(peer);
        peer.channel()
                .closeFuture()
                .addListener(closed -> loop.execute(() -> {
                    slots.remove(slot);
                    waiting--;
                    makeRoom();
                }));
        return slot;
    }

    private static void assertGaveWay(Reason reason, String what, HandshakeSlots.Slot slot) {
        ConnectError error = slot.gaveWay();
        assertNotNull(error);
        assertEquals(reason, error.reason());
        assertEquals(
                "[vm] " + what
                        + " ms, and another connection waited for its place (maxHandshakes); the connection was closed",
                error.getMessage());
    }

    /** Begins a handshake with a silent peer, while one connection waits: it gives way after this time and not before. */
    private void assertGivesWayAfter(Duration silence) {
        Peer peer = new Peer();
        HandshakeSlots.Slot slot = handshake(peer);
        wait(1);
        clock.advanceTimeBy(silence.minus(INSTANT));
        peer.loopTurns();
        assertTrue(peer.isOpen(), () -> "before " + silence);
        clock.advanceTimeBy(INSTANT);
        assertNull(slot.gaveWay());
        peer.loopTurns();
        assertFalse(peer.isOpen(), () -> "after " + silence);
        assertGaveWay(Reason.NO_GREETING, "A connection sent nothing for " + silence.toMillis(), slot);
        assertEquals(0, slots.size());
    }

    @Test
    @DisplayName("a silent peer is disconnected after 1 s, each further one after half the time, 4 ms at least")
    void halves() {
        for (double millis : new double[] {1000, 500, 250, 125, 62.5, 31.25, 15.625, 7.8125, 4, 4}) {
            assertGivesWayAfter(Duration.ofNanos((long) (millis * 1_000_000)));
        }
    }

    @Test
    @DisplayName("a silent peer has 1 s again when none was disconnected for 10 s, and not before")
    void calm() {
        assertGivesWayAfter(SECOND);
        clock.advanceTimeBy(Duration.ofMillis(9_500));
        assertGivesWayAfter(Duration.ofMillis(500));
        clock.advanceTimeBy(Duration.ofSeconds(10).plus(INSTANT));
        assertGivesWayAfter(SECOND);
    }

    @Test
    @DisplayName("the oldest silent peer is disconnected, one for each that waits, before any that has sent something")
    void oldestSilent() {
        Peer sending = new Peer();
        Peer silent = new Peer();
        Peer younger = new Peer();
        handshake(sending);
        handshake(silent);
        handshake(younger);
        sending.send();
        wait(1);
        clock.advanceTimeBy(Duration.ofMinutes(1));
        silent.loopTurns();
        assertFalse(silent.isOpen());
        sending.loopTurns();
        younger.loopTurns();
        assertTrue(sending.isOpen() && younger.isOpen());
        wait(1);
        younger.loopTurns();
        assertFalse(younger.isOpen());
        assertTrue(sending.isOpen());
    }

    @Test
    @DisplayName(
            "if every peer has sent something, the oldest handshake is ended after 1 s; silence has its time still")
    void slow() {
        Peer oldest = new Peer();
        Peer younger = new Peer();
        HandshakeSlots.Slot slot = handshake(oldest);
        handshake(younger);
        oldest.send();
        younger.send();
        wait(1);
        clock.advanceTimeBy(SECOND.minus(INSTANT));
        oldest.loopTurns();
        assertTrue(oldest.isOpen());
        clock.advanceTimeBy(INSTANT);
        oldest.loopTurns();
        younger.loopTurns();
        assertFalse(oldest.isOpen());
        assertTrue(younger.isOpen());
        assertGaveWay(Reason.NO_NEGOTIATION_REPLY, "A handshake was not complete after 1000", slot);
        younger.ends();
        assertGivesWayAfter(SECOND);
    }

    @Test
    @DisplayName("a peer whose bytes are read in the last moment has the 1 s of those that have sent something")
    void lastMoment() {
        assertGivesWayAfter(SECOND);
        Peer peer = new Peer();
        HandshakeSlots.Slot slot = handshake(peer);
        wait(1);
        clock.advanceTimeBy(Duration.ofMillis(500));
        peer.send();
        peer.loopTurns();
        assertTrue(peer.isOpen());
        clock.advanceTimeBy(Duration.ofMillis(500).minus(INSTANT));
        peer.loopTurns();
        assertTrue(peer.isOpen());
        clock.advanceTimeBy(INSTANT);
        peer.loopTurns();
        assertFalse(peer.isOpen());
        assertGaveWay(Reason.NO_NEGOTIATION_REPLY, "A handshake was not complete after 1000", slot);
    }

    @Test
    @DisplayName("a handshake that succeeds in the last moment keeps its connection, and the next one can give way")
    void succeedsInTheLastMoment() {
        Peer peer = new Peer();
        HandshakeSlots.Slot slot = handshake(peer);
        wait(1);
        clock.advanceTimeBy(SECOND);
        assertTrue(slot.lease.handOver());
        slots.remove(slot);
        peer.loopTurns();
        assertTrue(peer.isOpen());
        assertNull(slot.gaveWay());
        assertGivesWayAfter(SECOND);
    }

    @Test
    @DisplayName("the end of another handshake does not save the one that is about to be ended")
    void anotherEnds() {
        Peer oldest = new Peer();
        Peer younger = new Peer();
        handshake(oldest);
        handshake(younger);
        wait(2);
        clock.advanceTimeBy(SECOND);
        younger.ends();
        oldest.loopTurns();
        assertFalse(oldest.isOpen());
    }

    @Test
    @DisplayName("a peer whose event loop is shut down is disconnected all the same")
    void loopShutDown() {
        NioSocketChannel channel = new NioSocketChannel();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        loops.register(channel).syncUninterruptibly();
        HandshakeSlots.Slot slot = slots.add(Connection.from(channel));
        wait(1);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        clock.advanceTimeBy(SECOND);
        assertGaveWay(Reason.NO_GREETING, "A connection sent nothing for 1000", slot);
        assertFalse(slot.lease.handOver());
    }

    @Test
    @DisplayName("and none is under way, nothing happens")
    void none() {
        wait(1);
        clock.advanceTimeBy(SECOND);
        assertEquals(0, changes);
    }

    @Test
    @DisplayName("and the listener is closed, every connection is closed at once, and no timer is left")
    void giveUpAll() {
        Peer peer = new Peer();
        HandshakeSlots.Slot slot = handshake(peer);
        wait(1);
        slots.giveUpAll();
        assertFalse(peer.isOpen());
        assertNull(slot.gaveWay());
        clock.advanceTimeBy(SECOND);
        assertEquals(0, changes);
    }
}
