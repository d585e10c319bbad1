package io.github.qmpreactive.test.contract;

import static io.github.qmpreactive.test.contract.Waiting.PATIENCE;
import static io.github.qmpreactive.test.contract.Waiting.await;
import static io.github.qmpreactive.test.contract.Waiting.failure;
import static io.github.qmpreactive.test.contract.Waiting.finish;
import static io.github.qmpreactive.test.contract.Waiting.inSession;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.OobMode;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How sessions are opened and closed; a part of {@link QmpSessionContract}. */
public interface HandshakeContract extends SessionUnderTest {

    /** The greeting can be read as data: the version, what is offered, and the message as it came. */
    @Test
    @DisplayName("The greeting is data: a version, what is offered, and the message as it came")
    default void greetingIsData() {
        inSession(this, session -> {
            Greeting greeting = session.greeting().orElseThrow();
            assertTrue(greeting.version().isAtLeast(0, 14), greeting::toString);
            assertTrue(greeting.raw().path("QMP").path("version").isObject(), greeting::toString);
            assertEquals(
                    greeting.capabilities().size(),
                    greeting.raw().path("QMP").path("capabilities").size());
            assertEquals(SessionState.RUNNING, session.state());
        });
    }

    /** The capability {@code oob} is enabled if, and only if, it is offered. */
    @Test
    @DisplayName("oob is enabled if it is offered, and only then")
    default void enablesWhatIsOffered() {
        inSession(
                this,
                session -> assertEquals(
                        session.greeting().orElseThrow().offers("oob") ? Set.of("oob") : Set.of(),
                        session.capabilities()));
    }

    /** Nothing is enabled where that is asked for, and commands are answered all the same. */
    @Test
    @DisplayName("Nothing is enabled with OobMode.OFF, and commands are answered")
    default void enablesNothing() {
        inSession(this, client().oob(OobMode.OFF), session -> {
            assertEquals(Set.of(), session.capabilities());
            await(session.execute(query()));
        });
    }

    /** With {@code REQUIRE} there is a session with {@code oob}, or an error of the negotiation. */
    @Test
    @DisplayName("OobMode.REQUIRE makes a session with oob, or a NegotiationError where it is not offered")
    default void requires() {
        AtomicBoolean offered = new AtomicBoolean();
        inSession(this, session -> offered.set(session.greeting().orElseThrow().offers("oob")));
        if (offered.get()) {
            inSession(
                    this,
                    client().oob(OobMode.REQUIRE),
                    session -> assertEquals(Set.of("oob"), session.capabilities()));
        } else {
            failure(NegotiationError.class, open(client().oob(OobMode.REQUIRE)));
        }
    }

    /** Sessions can be opened one after the other, each greeted afresh. */
    @Test
    @DisplayName("One session after the other is greeted and answered")
    default void oneAfterTheOther() {
        for (int i = 0; i < 3; i++) {
            inSession(this, session -> {
                assertTrue(session.greeting().isPresent());
                await(session.execute(query()));
            });
        }
    }

    /** What {@code withSession} opens it closes again: when the work is done, fails, or is given up. */
    @Test
    @DisplayName("withSession releases its session: when the work is done, fails, or is cancelled")
    default void withSessionReleases() {
        assumeTrue(isDialled(), "withSession connects, and here the server dials in");
        Deque<QmpSession> used = new ConcurrentLinkedDeque<>();
        finish(client().withSession(session -> {
            used.add(session);
            return session.execute(query());
        }));
        finish(used.getLast().onDisconnect());
        IllegalStateException mine = new IllegalStateException("by the test");
        assertSame(mine, failure(IllegalStateException.class, client().withSession(session -> {
            used.add(session);
            return Mono.error(mine);
        })));
        finish(used.getLast().onDisconnect());
        Flux<Object> endless = client().withSession(session -> {
            used.add(session);
            return session.execute(query()).cast(Object.class).concatWith(Mono.never());
        });
        endless.take(1).blockLast(PATIENCE);
        finish(used.getLast().onDisconnect());
        assertEquals(SessionState.DISCONNECTED, used.getLast().state());
    }
}
