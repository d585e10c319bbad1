package io.github.qmpreactive.internal.session;

import static io.github.qmpreactive.Garbage.assertCollected;
import static io.github.qmpreactive.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.internal.commands.PendingCommands;
import io.github.qmpreactive.internal.commands.Settings;
import io.github.qmpreactive.internal.commands.ShutdownWatch;
import io.github.qmpreactive.internal.commands.WireLog;
import io.github.qmpreactive.internal.events.EventHub;
import io.github.qmpreactive.internal.log.SessionLog;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.DescriptorWriter;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.DescriptorSender;
import io.github.qmpreactive.message.SessionState;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

@DisplayName("P25 A session that has ended")
class TerminationTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final NioSocketChannel channel = new NioSocketChannel();

    @BeforeEach
    void register() {
        loops.register(channel).syncUninterruptibly();
    }

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Termination begin() {
        SessionLoop loop = new SessionLoop(channel.eventLoop());
        OutboundWriter writer = new OutboundWriter(channel, loop);
        DescriptorWriter descriptors = new DescriptorWriter(loop, writer, descriptor -> DescriptorSender.Result.SENT);
        PendingCommands pending = new PendingCommands(
                loop,
                writer,
                descriptors,
                new WireLog(new SessionName("vm")),
                new SessionName("vm"),
                Settings.ONE_PLACE);
        SessionLog log = new SessionLog("vm");
        return new Termination(loop, log, channel, writer, pending, new EventHub(loop, log), new ShutdownWatch());
    }

    @Test
    @DisplayName("is let go by its event loop, which goes on")
    void letGo() {
        Termination termination = begin();
        WeakReference<Termination> reference = new WeakReference<>(termination);
        end(termination);
        assertFalse(channel.isOpen());
        termination = null;
        assertCollected(reference);
    }

    /** Of another session on the same event loop. */
    private SessionLoop another() {
        SessionLoop other = new SessionLoop(channel.eventLoop());
        other.watch(() -> {});
        return other;
    }

    private void end(Termination termination) {
        channel.eventLoop()
                .submit(() -> termination.lost(How.END_OF_FILE, null))
                .syncUninterruptibly();
        assertEquals(SessionState.DISCONNECTED, termination.state());
    }

    @Test
    @DisplayName(
            "behind others whose connections were closed at the same time: what failed meanwhile is not taken for the cause")
    void closedAtTheSameTime() {
        SessionLoop other = another();
        Termination termination = begin();
        channel.eventLoop()
                .submit(() -> {
                    other.inSlices(() -> {});
                    termination.connectionClosed(How.END_OF_FILE, null);
                    assertEquals(SessionState.RUNNING, termination.state());
                    termination.lost(How.RESET, new ClosedChannelException());
                })
                .syncUninterruptibly();
        StepVerifier.create(termination.closed())
                .expectErrorSatisfies(error -> assertEquals(
                        How.END_OF_FILE,
                        assertInstanceOf(ConnectionLostError.class, error).how()))
                .verify(PATIENCE);
    }

    @Test
    @DisplayName(
            "behind others, and was to be disconnected, or given up, meanwhile: its end is not an orderly one, nor another's fault")
    void disconnectedMeanwhile() {
        SessionLoop other = another();
        for (int i = 0; i < 2; i++) {
            boolean disconnects = i == 0;
            Termination termination = begin();
            channel.eventLoop()
                    .submit(() -> {
                        other.inSlices(() -> {});
                        termination.connectionClosed(How.END_OF_FILE, null);
                        if (disconnects) {
                            termination.disconnect(Optional::empty).subscribe();
                        } else {
                            termination.fail(new StateError("late", SessionState.RUNNING, SessionState.RUNNING));
                        }
                    })
                    .syncUninterruptibly();
            StepVerifier.create(termination.closed())
                    .expectErrorSatisfies(error -> assertEquals(
                            How.END_OF_FILE,
                            assertInstanceOf(ConnectionLostError.class, error).how()))
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("behind others whose connections were closed at the same time, without anything else happening")
    void closedInSlices() {
        SessionLoop other = another();
        Termination termination = begin();
        channel.eventLoop()
                .submit(() -> {
                    other.inSlices(() -> {});
                    termination.connectionClosed(How.INSIDE_MESSAGE, null);
                })
                .syncUninterruptibly();
        StepVerifier.create(termination.closed())
                .expectErrorSatisfies(error -> assertEquals(
                        How.INSIDE_MESSAGE,
                        assertInstanceOf(ConnectionLostError.class, error).how()))
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("behind others, and whose event loop is shut down meanwhile: its connection was closed by the server")
    void loopShutDownMeanwhile() {
        SessionLoop other = another();
        Termination termination = begin();
        channel.eventLoop()
                .submit(() -> {
                    other.inSlices(() -> {});
                    termination.connectionClosed(How.END_OF_FILE, null);
                    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS);
                })
                .syncUninterruptibly();
        StepVerifier.create(termination.closed())
                .expectErrorSatisfies(error -> assertEquals(
                        How.END_OF_FILE,
                        assertInstanceOf(ConnectionLostError.class, error).how()))
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("was held by one thing after the other, and awaited both")
    void heldTwice() {
        Termination termination = begin();
        Sinks.Empty<Void> first = Sinks.empty();
        Sinks.Empty<Void> second = Sinks.empty();
        Deque<Sinks.Empty<Void>> holds = new ConcurrentLinkedDeque<>(List.of(first, second));
        StepVerifier.create(termination.disconnect(
                        () -> Optional.ofNullable(holds.poll()).map(Sinks.Empty::asMono)))
                .then(this::turn)
                .then(() -> first.tryEmitEmpty().orThrow())
                .then(this::turn)
                .then(() -> assertEquals(SessionState.DISCONNECTING, termination.state()))
                .then(() -> assertTrue(channel.isOpen()))
                .then(() -> second.tryEmitEmpty().orThrow())
                .expectComplete()
                .verify(PATIENCE);
        assertEquals(SessionState.DISCONNECTED, termination.state());
    }

    /** What the event loop was to do until now is done. */
    private void turn() {
        channel.eventLoop().submit(() -> {}).syncUninterruptibly();
    }

    @Test
    @DisplayName("with its event loop, in which nothing runs any more: its socket is closed, and that is told")
    void loopShutDown() {
        Termination termination = begin();
        close();
        StepVerifier.create(termination.closed())
                .expectError(ConnectionLostError.class)
                .verify(PATIENCE);
        assertEquals(SessionState.DISCONNECTED, termination.state());
        assertFalse(channel.isOpen());
    }
}
