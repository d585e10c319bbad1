package io.github.qmpreactive.fleet;

import io.github.qmpreactive.supervise.Link;
import java.util.Optional;

/**
 * What {@link QmpFleet#each} came to at one machine.
 *
 * @param <T> what the work emits
 */
public sealed interface Outcome<T> {

    /**
     * The name of the machine.
     *
     * @return the name
     */
    String machine();

    /**
     * The work has completed.
     *
     * @param machine the name of the machine
     * @param value what the work emitted, empty if it completed without a value
     * @param <T> what the work emits
     */
    record Value<T>(String machine, Optional<T> value) implements Outcome<T> {}

    /**
     * The work has failed, or there was no time for it.
     *
     * @param machine the name of the machine
     * @param error the error of the work; {@link java.util.concurrent.TimeoutException} if the limit passed before the work
     *     completed, or before it was begun, as the message says
     * @param <T> what the work emits
     */
    record Failed<T>(String machine, Throwable error) implements Outcome<T> {}

    /**
     * There was no session when it was the machine's turn; the work was not begun.
     *
     * @param machine the name of the machine
     * @param link the link at that moment
     * @param <T> what the work emits
     */
    record NotConnected<T>(String machine, Link link) implements Outcome<T> {}
}
