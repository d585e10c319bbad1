package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.verify.DefaultTimeout;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.time.Duration;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A {@link reactor.test.StepVerifier} with steps for QMP: a test lists the expected events or the expected reply, and
 * {@link #verify()} subscribes and checks them. Nothing happens before.
 *
 * <pre>{@code
 * QmpVerifier.create(session.events())
 *         .thenExecute(session, "stop")
 *         .expectEvent("STOP")
 *         .thenCancel()
 *         .verify();
 * QmpVerifier.create(session.execute("query-status"))
 *         .expectReplyAt("/status", "paused")
 *         .verify();
 * }</pre>
 *
 * <ul>
 *   <li>Each {@code verify()} subscribes anew, with unbounded demand; use {@code StepVerifier} itself to test
 *       backpressure. Everything here is immutable.
 *   <li>A failure is an {@link AssertionError} that says what was expected, what was received as JSON, in which members
 *       the two differ, and what was received before. If an error was received, it is the cause. Passwords and secrets
 *       are hidden, as in the client's log.
 *   <li>A whole verification takes 10 s at most, by the wall clock. {@link #verify(Duration)} or the system property
 *       {@code qmp.verify.timeout} (a number of seconds, or a duration such as {@code PT1M}) set another limit. At its
 *       end, however it ends, a verification cancels everything that it has subscribed to.
 * </ul>
 */
public sealed class QmpVerifier permits ReplyVerifier, ErrorVerifier {

    private static final String END_OF_EVENTS = "the end of the events";
    private static final String NO_REPLY = "the end, without a reply";

    private final Verification<?> verification;

    QmpVerifier(Verification<?> verification) {
        this.verification = verification;
    }

    /**
     * {@return the first steps for events}
     *
     * @param events for example {@code session.events()}
     */
    public static EventSteps create(Publisher<QmpEvent> events) {
        return new EventSteps(new Verification<>(() -> events, false, END_OF_EVENTS));
    }

    /**
     * {@return the first steps for the outcome of a command}
     *
     * @param reply for example {@code session.execute("query-status")}
     */
    public static ReplySteps create(Mono<? extends JsonNode> reply) {
        return createFor(reply);
    }

    /**
     * {@return the first steps for the outcome of a call that does not return JSON; a step that needs JSON converts it}
     *
     * @param call for example {@code session.execute(command, Status.class)} or {@code session.quit()}
     */
    public static ReplySteps createFor(Mono<?> call) {
        return new ReplySteps(new Verification<>(() -> call.cast(Object.class), false, NO_REPLY));
    }

    /**
     * {@return the first steps for events in virtual time, as of {@link
     * reactor.test.StepVerifier#withVirtualTime(Supplier)}: {@code thenAwait} and {@code expectNoEvent} take no time}
     *
     * @param events makes the events; called while time is virtual already
     */
    public static EventSteps withVirtualTime(Supplier<? extends Publisher<QmpEvent>> events) {
        return new EventSteps(new Verification<>(events, true, END_OF_EVENTS));
    }

    /**
     * {@return the first steps for the outcome of a call in virtual time}
     *
     * @param call makes the call; called while time is virtual already
     */
    public static ReplySteps replyWithVirtualTime(Supplier<? extends Mono<?>> call) {
        return new ReplySteps(new Verification<>(() -> call.get().cast(Object.class), true, NO_REPLY));
    }

    /**
     * Subscribes, and blocks until every step is verified.
     *
     * @return how long it took
     * @throws AssertionError if something is not as expected, or it takes longer than the default
     * @throws IllegalArgumentException if the system property {@code qmp.verify.timeout} is no positive time
     */
    public final Duration verify() {
        return verify(DefaultTimeout.get());
    }

    /**
     * Subscribes, and blocks until every step is verified.
     *
     * @param timeout how long it may take, by the wall clock
     * @return how long it took
     * @throws AssertionError if something is not as expected, or it takes longer
     * @throws IllegalArgumentException if the time is not positive
     */
    public final Duration verify(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("The timeout must be positive, but is " + timeout);
        }
        return verification.verify(timeout);
    }
}
