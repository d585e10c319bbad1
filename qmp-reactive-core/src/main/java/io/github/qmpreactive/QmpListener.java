package io.github.qmpreactive;

import io.github.qmpreactive.error.QmpError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A listening socket, opened by {@link QmpClient#listen()}: each QEMU that connects to it becomes a session. It belongs
 * to the subscriber that it was emitted to, and listens until it is closed. QEMU connects if its monitor is not a
 * server, for example with {@code -qmp unix:/run/vm.sock,server=off,reconnect-ms=1000}; before QEMU 9.2 with
 * {@code reconnect=1} in place of {@code reconnect-ms=1000}.
 *
 * <p>All methods may be called from any thread, and none of them does anything before it is subscribed to. What they
 * emit comes on the event loop of the listener, which must not be blocked.
 *
 * <p>Not to be implemented by applications: minor releases add methods. In tests use the fake server, or a mock.
 */
public interface QmpListener {

    /**
     * The address on which it listens, as QEMU's command line takes it:
     * {@code -qmp ADDRESS,server=off,reconnect-ms=1000}, before QEMU 9.2 {@code -qmp ADDRESS,server=off,reconnect=1}.
     * It contains the port that the system has chosen for port 0.
     *
     * @return {@code unix:/path}, with a comma in the path doubled, or {@code tcp:host:port}
     */
    String address();

    /**
     * The sessions, one for each QEMU that connects, as they are requested.
     *
     * <ul>
     *   <li>A handshake begins when its session is requested and fewer than {@link QmpClient#maxHandshakes} are under
     *       way. Until then the connection waits: nothing is read from it, and nothing is lost.
     *   <li>If a connection whose session is requested waits, and all handshakes are taken, the listener closes the
     *       connection of the oldest handshake whose peer has sent nothing for 1 second. This time halves with each
     *       connection that is closed so, and is 1 second again after 10 seconds without one. If every peer has sent
     *       something, it closes the oldest that has taken 1 second.
     *   <li>A session is named after the listener, with {@code #} and a number.
     *   <li>Emits sessions, which then belong to the subscriber and outlive the listener.
     *   <li>Completes when the listener is closed, at once if it is closed already.
     *   <li>Errors with {@link IllegalStateException} if there is another subscriber; with
     *       {@link io.github.qmpreactive.error.ConnectionLostError} if the socket was closed by something other than
     *       {@link #close()}, such as the shutdown of its event loop. A failed handshake is emitted by
     *       {@link #failures()} only.
     *   <li>On cancel: the listener stays open. A session whose handshake is under way goes to the next subscriber.
     * </ul>
     *
     * @return the sessions, to one subscriber at a time
     */
    Flux<QmpSession> sessions();

    /**
     * The errors of connections on which no session could be opened, each also logged at WARN. Of more than 20 lines in
     * 10 seconds only the number is logged.
     *
     * @return emits the errors that {@link QmpClient#connect()} would have failed with, from now on, to any number of
     *     subscribers; a subscriber without demand misses them. Completes when the listener is closed, at once if it
     *     is; never fails. Cancelling only unsubscribes
     */
    Flux<QmpError> failures();

    /**
     * Stops listening, removes the file of a UNIX socket, and closes every connection that was not yet emitted as a
     * session. Sessions that were emitted stay open. May be called any number of times.
     *
     * @return completes when all of that is closed, and the address is free again; never fails. Cancelling does not
     *     stop it
     */
    Mono<Void> close();
}
