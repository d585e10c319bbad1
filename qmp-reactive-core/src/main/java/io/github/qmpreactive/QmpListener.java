package io.github.qmpreactive;

import io.github.qmpreactive.error.QmpError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A socket on which each QEMU that dials in becomes a session, opened by {@link QmpClient#listen()}. It belongs to the
 * subscriber that it was emitted to, and listens until it is closed. QEMU dials in with a monitor that is no server, for example {@code -qmp
 * unix:/run/vm.sock,server=off,reconnect-ms=1000}; before QEMU 9.2 with {@code reconnect=1} in place of {@code
 * reconnect-ms=1000}.
 *
 * <p>All methods may be called from any thread, and none of them does anything before it is subscribed to. What they emit
 * comes on the event loop of the listener, which must not be blocked.
 *
 * <p>Not to be implemented by applications: minor releases add methods. Tests have a fake server, or a mock.
 */
public interface QmpListener {

    /**
     * Where it listens, as QEMU's command line takes it: {@code -qmp ADDRESS,server=off,reconnect-ms=1000}, before QEMU 9.2
     * {@code -qmp ADDRESS,server=off,reconnect=1}. A port that was left to the system is in it.
     *
     * @return {@code unix:/path}, with a comma in the path doubled, or {@code tcp:host:port}
     */
    String address();

    /**
     * The sessions, one for each QEMU that dials in, as they are asked for: a handshake begins when there is demand for its
     * session, and fewer than {@link QmpClient#maxHandshakes} are under way. Until then a QEMU that dials in waits, nothing
     * is read from it, and nothing is lost. While one waits that is wanted, and all handshakes are taken, the oldest gives way
     * and is closed: after a second of silence at first, after less the more often it happens, and after a second if its other
     * side has sent something. A session is called after the listener, with {@code #} and a number.
     *
     * @return emits sessions, which then belong to the subscriber and outlive the listener. Has one subscriber at a time:
     *     another one fails with {@link IllegalStateException}. Completes when the listener is closed, at once if it is;
     *     fails with {@link io.github.qmpreactive.error.ConnectionLostError} if its socket was closed by something else: by
     *     its event loop being shut down, say. A handshake that fails ends nothing: see {@link #failures()}. Cancelling
     *     leaves the listener open; the session of a handshake that is under way then goes to the next subscriber
     */
    Flux<QmpSession> sessions();

    /**
     * The errors of connections that became no session, each also logged at WARN; of more than 20
     * lines in 10 seconds only the number is logged.
     *
     * @return emits what {@link QmpClient#connect()} would have failed with, from now on, to any number of subscribers; one
     *     without demand misses it. Completes when the listener is closed, at once if it is; never fails. Cancelling only
     *     unsubscribes
     */
    Flux<QmpError> failures();

    /**
     * Stops listening, removes the file of a UNIX socket, and closes every connection that was not yet emitted
     * as a session. Sessions that were emitted live on. May be called any number of times.
     *
     * @return completes when all of that is closed, and the address is free again; never fails. Cancelling does not call it
     *     back
     */
    Mono<Void> close();
}
