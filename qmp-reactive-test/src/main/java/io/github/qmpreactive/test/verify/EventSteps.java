package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.verify.Step;
import io.github.qmpreactive.test.internal.verify.Steps;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.time.Duration;
import java.util.Arrays;
import reactor.core.publisher.Mono;

/**
 * The expected events, step by step. Every event has to match a step, unless a step skips it. Immutable: every method
 * returns new steps.
 */
public final class EventSteps extends EventEnd {

    EventSteps(Verification<QmpEvent> verification) {
        super(verification);
    }

    /**
     * The next event is of a certain name.
     *
     * @param name the name
     * @param data what its data has to fulfil, as {@link DataMatcher#data data("/device", "usb0")}; nothing if there is
     *     none
     * @return the new steps
     */
    public EventSteps expectEvent(String name, DataMatcher... data) {
        return expectEvent(EventMatcher.event(name, data));
    }

    /**
     * The next event is a certain one.
     *
     * @param event which
     * @return the new steps
     */
    public EventSteps expectEvent(EventMatcher event) {
        return with(Steps.next(event.expectation()));
    }

    /**
     * The next event is of a certain name, and its data holds certain values, as {@link QmpEvent#matching} has it.
     *
     * @param name the name
     * @param subTree JSON, a map, a record or a bean; a string is JSON text
     * @return the new steps
     * @throws IllegalArgumentException if it cannot be turned into JSON
     */
    public EventSteps expectEventMatching(String name, Object subTree) {
        return expectEvent(
                name, subTree instanceof String json ? DataMatcher.subTree(json) : DataMatcher.subTree(subTree));
    }

    /**
     * The next events are of certain names, one of each, in any order.
     *
     * @param names the names; one that is given twice is expected twice
     * @return the new steps
     */
    public EventSteps expectEventsInAnyOrder(String... names) {
        return expectEventsInAnyOrder(
                Arrays.stream(names).map(EventMatcher::event).toArray(EventMatcher[]::new));
    }

    /**
     * The next events are certain ones, in any order.
     *
     * @param events which; an event that fits several matchers is assigned so that all are found if that is possible
     * @return the new steps
     */
    public EventSteps expectEventsInAnyOrder(EventMatcher... events) {
        return with(Steps.inAnyOrder(
                Arrays.stream(events).map(EventMatcher::expectation).toList()));
    }

    /**
     * Skips events until a certain one.
     *
     * @param name its name
     * @param data what its data has to fulfil; events of that name with other data are skipped, too
     * @return the new steps
     */
    public EventSteps skipUntilEvent(String name, DataMatcher... data) {
        return with(Steps.skipUntil(EventMatcher.event(name, data).expectation()));
    }

    /**
     * Expects no event for some time, and no end.
     *
     * @param duration the time; unless time is virtual, the verification waits, and this counts towards its timeout
     * @return the new steps
     */
    public EventSteps expectNoEvent(Duration duration) {
        return with(Steps.nothing(duration, "no event"));
    }

    /**
     * Ignores all further events.
     *
     * @return the steps that can follow: only the end can still be expected
     */
    public EventEnd thenIgnoreOthers() {
        return with(Steps.ignoreRest());
    }

    /**
     * Executes a command, and continues with the next step without waiting for the reply. The verification fails if the
     * command fails. After the last step it waits for the reply.
     *
     * @param session the session that executes it
     * @param command its name
     * @return the new steps
     */
    public EventSteps thenExecute(QmpSession session, String command) {
        return thenExecute(session, QmpCommand.of(command));
    }

    /**
     * Executes a command, as {@link #thenExecute(QmpSession, String)}.
     *
     * @param session the session that executes it
     * @param command the command
     * @return the new steps
     */
    public EventSteps thenExecute(QmpSession session, QmpCommand command) {
        return with(Steps.call(command.name(), Mono.defer(() -> session.execute(command))));
    }

    /**
     * Subscribes to a {@code Mono}, such as {@code session.quit()} or {@code session.disconnect()}, and continues with
     * the next step without waiting for it. The verification fails if it fails. After the last step it waits for it to
     * end.
     *
     * @param call what is subscribed to
     * @return the new steps
     */
    public EventSteps then(Mono<?> call) {
        return with(Steps.call("what was given to then()", call));
    }

    /**
     * Runs a task on the thread that verifies. An exception from it fails the verification.
     *
     * @param task the task
     * @return the new steps
     */
    public EventSteps then(Runnable task) {
        return with(Steps.run(task));
    }

    /**
     * Lets time pass, whether or not events arrive.
     *
     * @param duration the time; real time unless time is virtual
     * @return the new steps
     */
    public EventSteps thenAwait(Duration duration) {
        return with(Steps.await(duration));
    }

    /**
     * Expects no more, and cancels.
     *
     * @return the verifier
     */
    public QmpVerifier thenCancel() {
        return new QmpVerifier(verification());
    }

    private EventSteps with(Step<QmpEvent> step) {
        return new EventSteps(verification().then(step));
    }
}
