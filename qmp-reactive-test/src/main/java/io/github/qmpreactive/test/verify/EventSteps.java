package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * The expected events, step by step. Every event has to match a step, unless a step skips it. Immutable: every method
 * returns new steps.
 */
public final class EventSteps {

    private final Verification<QmpEvent> verification;

    EventSteps(Verification<QmpEvent> verification) {
        this.verification = verification;
    }

    /**
     * {@return these steps, and then the next event is of a certain name}
     *
     * @param name the name
     * @param data what its data has to fulfil, as {@link DataMatcher#data data("/device", "usb0")}; nothing if there is
     *     none
     * @throws IllegalArgumentException if the name is blank
     */
    public EventSteps expectEvent(String name, DataMatcher... data) {
        return new EventSteps(verification.next(event(name, data)));
    }

    /**
     * {@return these steps, and then a certain event comes; whatever comes before it is passed over}
     *
     * @param name its name
     * @param data what its data has to fulfil; events of the name whose data does not are passed over, too
     */
    public EventSteps skipUntilEvent(String name, DataMatcher... data) {
        return new EventSteps(verification.skipUntil(event(name, data)));
    }

    /**
     * {@return these steps, and then no event comes for some time, nor does the end}
     *
     * @param duration the time; real time is waited for, and counts for the timeout
     */
    public EventSteps expectNoEvent(Duration duration) {
        return new EventSteps(verification.nothing(duration, "no event"));
    }

    /**
     * {@return these steps, and then a command is executed. The next step does not wait for the reply; the verification
     * does at its end, and fails if the command fails}
     *
     * @param session the session that executes it
     * @param command its name
     */
    public EventSteps thenExecute(QmpSession session, String command) {
        return thenExecute(session, QmpCommand.of(command));
    }

    /**
     * {@return these steps, and then a command is executed, as {@link #thenExecute(QmpSession, String)} does}
     *
     * @param session the session that executes it
     * @param command the command
     */
    public EventSteps thenExecute(QmpSession session, QmpCommand command) {
        return new EventSteps(verification.call(command.name(), Mono.defer(() -> session.execute(command))));
    }

    /**
     * {@return these steps, and then a {@code Mono} is subscribed to. The next step does not wait for it; the verification
     * does at its end, and fails if it fails}
     *
     * @param call for example {@code session.quit()} or {@code session.disconnect()}
     */
    public EventSteps then(Mono<?> call) {
        return new EventSteps(verification.call("what was given to then()", call));
    }

    /**
     * {@return these steps, and then a task is run on the thread that verifies; its exception fails the verification}
     *
     * @param task the task
     */
    public EventSteps then(Runnable task) {
        return new EventSteps(verification.run(task));
    }

    /**
     * {@return these steps, and then time passes, whatever comes}
     *
     * @param duration the time; real time unless time is virtual
     */
    public EventSteps thenAwait(Duration duration) {
        return new EventSteps(verification.await(duration));
    }

    /** {@return what to verify with; expects no more, and cancels} */
    public QmpVerifier thenCancel() {
        return new QmpVerifier(verification);
    }

    /**
     * {@return what verifies that they end in order: after {@code disconnect()}, {@code quit}, or the shutdown of the
     * machine}
     */
    public QmpVerifier expectComplete() {
        return end(Expectation.completion());
    }

    /** {@return what verifies that they end with a {@link ConnectionLostError}: the end of the session was not requested} */
    public QmpVerifier expectLost() {
        return expectError(ConnectionLostError.class);
    }

    /**
     * {@return what verifies that they end with a {@link ConnectionLostError} of a certain kind}
     *
     * @param how how the end showed itself
     */
    public QmpVerifier expectLost(ConnectionLostError.How how) {
        return end(Expectation.error(
                "the error ConnectionLostError, " + how,
                ConnectionLostError.class,
                error -> error.how() == how ? List.of() : List.of("expected " + how + ", but was " + error.how())));
    }

    /**
     * {@return what verifies that they end with an error}
     *
     * @param type its class or one above, for example {@code EventOverflowError.class}
     */
    public QmpVerifier expectError(Class<? extends Throwable> type) {
        return end(Expectation.error("the error " + type.getSimpleName(), type, error -> List.of()));
    }

    private static Expectation<QmpEvent> event(String name, DataMatcher... data) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The name of an event must not be blank");
        }
        String with = Arrays.stream(data).map(DataMatcher::name).collect(Collectors.joining(", "));
        return new Expectation<>("event " + name + (with.isEmpty() ? "" : " with " + with), signal -> {
            QmpEvent event = signal.get();
            if (event == null || !event.name().equals(name)) {
                return Expectation.NOT_AT_ALL;
            }
            return Arrays.stream(data)
                    .flatMap(matcher -> matcher.differences(event.data()).stream())
                    .map(difference -> "data " + difference)
                    .toList();
        });
    }

    private QmpVerifier end(Expectation<QmpEvent> expected) {
        return new QmpVerifier(verification.next(expected));
    }
}
