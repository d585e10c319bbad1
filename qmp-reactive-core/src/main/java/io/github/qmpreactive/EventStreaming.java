package io.github.qmpreactive;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.option.EventOptions;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Emits the events of QEMU, and runs commands together with the events that they cause: part of a {@link QmpSession}.
 *
 * <p>Not to be implemented by applications: minor releases add methods. In tests use the fake server, or a mock.
 */
public interface EventStreaming {

    /**
     * All events, with the default options.
     *
     * @return as {@link #events(EventOptions)}
     */
    default Flux<QmpEvent> events() {
        return events(EventOptions.all());
    }

    /**
     * Events of certain names, with the default options.
     *
     * @param names for example {@code "SHUTDOWN", "STOP"}
     * @return as {@link #events(EventOptions)}
     */
    default Flux<QmpEvent> events(String... names) {
        return events(EventOptions.named(names));
    }

    /**
     * Events as they come. The stream is hot: a subscriber gets the events from the moment of its subscription on,
     * which is effective before {@code subscribe()} returns. The first subscriber of the session also gets the newest
     * 32 events from before it, those of the handshake included, if they pass its filter.
     *
     * <p>Every subscriber has a buffer of its own and delays neither other subscribers nor replies. QEMU often
     * sends an event before the reply to the command that caused it: so subscribe first, or use {@link
     * #executeAndAwait(QmpCommand, Predicate)} or {@link #executeAndListen}.
     *
     * <p>QEMU sends some events (BALLOON_CHANGE, QUORUM_FAILURE, RTC_CHANGE, VSERPORT_CHANGE, WATCHDOG and others) at
     * most once a second: of those in between it drops all but the last, and sends that up to a second late, with its
     * old timestamp, also to a client that has connected meanwhile. Do not count them.
     *
     * <p>Operators that share one subscription among several subscribers ({@code publish}, {@code share},
     * {@code replay}) request no more than their slowest subscriber does: give each subscriber its own subscription to
     * this, or its own buffer after the operator ({@code onBackpressureBuffer}).
     *
     * @param options which events, and how far this subscriber may fall behind
     * @return emits events on the event loop. Completes after an orderly end of the session and fails after any other,
     *     after the buffered events; a later subscriber gets the same signal at once. Fails with
     *     {@link io.github.qmpreactive.error.EventOverflowError} if this subscriber falls behind under
     *     {@link io.github.qmpreactive.option.EventOverflow#ERROR}, and with any exception that the filter throws.
     *     Cancelling only unsubscribes
     */
    Flux<QmpEvent> events(EventOptions options);

    /**
     * Runs a command and emits events from just before it is written on, for a command that causes several.
     *
     * <ul>
     *   <li>Emits events on the event loop, whether they come before or after the reply; early events excluded.
     *   <li>Completes after an orderly end of the session, if the command has succeeded.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)} if the command fails, and as
     *       {@link #events(EventOptions)}, behind the events that are buffered; {@code commandTimeout} limits the
     *       reply, not the events.
     *   <li>On cancel: unsubscribes, and cancels the command as {@link QmpSession#execute(QmpCommand)} says.
     * </ul>
     *
     * @param command the command
     * @param options which events, and how far this subscriber may fall behind
     * @return the events
     */
    Flux<QmpEvent> executeAndListen(QmpCommand command, EventOptions options);

    /**
     * Runs a command and waits for an event that it causes, without a gap between the two: events count from the moment
     * the command is written, so one that comes before the reply is not missed.
     *
     * <ul>
     *   <li>Emits the first such event once the command has succeeded too, in whichever order they come.
     *   <li>Completes empty, and sends nothing, if {@link AwaitOptions#unless} says that the state is reached already.
     *   <li>Errors as {@link QmpSession#execute(QmpCommand)}; with {@link io.github.qmpreactive.error.ExecTimeoutError}
     *       also if the event does not come within the {@link QmpClient#eventTimeout eventTimeout} of the reply
     *       (default: {@code commandTimeout}, which is no limit by default); with
     *       {@link io.github.qmpreactive.error.ExecInterruptedError} also if the session ends before the event; with
     *       any exception that the predicate throws.
     *   <li>On cancel: stops waiting; the command is cancelled as {@link QmpSession#execute(QmpCommand)} says.
     *   <li>QEMU sends some events late (see {@link AwaitOptions}): such an event may be from before the command,
     *       unless {@link AwaitOptions#ignoreEarlierStamps} is set.
     * </ul>
     *
     * @param command the command
     * @param options which event, and how long to wait for it
     * @return the event
     */
    Mono<QmpEvent> executeAndAwait(QmpCommand command, AwaitOptions options);

    /**
     * Runs a command and waits for an event that it causes; as {@link #executeAndAwait(QmpCommand, AwaitOptions)}.
     *
     * @param command the command
     * @param done which event to wait for, for example {@code QmpEvent.named("STOP")}; called on the event loop
     * @return emits the first such event once the command has succeeded too
     */
    default Mono<QmpEvent> executeAndAwait(QmpCommand command, Predicate<? super QmpEvent> done) {
        return executeAndAwait(command, AwaitOptions.event(done));
    }

    /**
     * Runs a command without arguments and waits for an event that it causes; as {@link #executeAndAwait(QmpCommand,
     * Predicate)}.
     *
     * @param command the name of the command, for example {@code "stop"}
     * @param event the name of the event, for example {@code "STOP"}
     * @return emits the first such event once the command has succeeded too
     */
    default Mono<QmpEvent> executeAndAwait(String command, String event) {
        return Mono.defer(() -> executeAndAwait(QmpCommand.of(command), QmpEvent.named(event)));
    }
}
