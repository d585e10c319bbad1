package io.github.qmpreactive.supervise;

import io.github.qmpreactive.message.QemuVersion;
import java.time.Instant;
import java.util.Optional;

/**
 * How a supervisor and its server are connected.
 *
 * @param state where the supervisor is
 * @param since since when
 * @param attempt the number of the attempt under way, or of those that have failed, since the last session was handed out; 0 if
 *     there was none
 * @param cause {@code CONNECTING} and {@code DOWN}: why the last session has ended, or the last attempt has failed, empty if
 *     there was none or it was an orderly end; {@code GAVE_UP}: the permanent error
 * @param next {@code DOWN}: when the next attempt begins
 * @param session {@code UP}: the name of the session
 * @param version {@code UP}: the version of QEMU, if its greeting was read; never that of an agent
 */
public record Link(
        State state,
        Instant since,
        int attempt,
        Optional<Throwable> cause,
        Optional<Instant> next,
        Optional<String> session,
        Optional<QemuVersion> version) {

    /** Where a supervisor is. Minor releases may add others: a switch needs a default. */
    public enum State {
        /** It was not started yet, or was stopped. */
        STOPPED,
        /** An attempt is under way: the client connects, or {@code onConnect} runs. */
        CONNECTING,
        /** There is a session, and it is handed out. */
        UP,
        /** There is none, and the supervisor waits before the next attempt. */
        DOWN,
        /** An error was permanent: no attempt is made any more, unless it is started again. */
        GAVE_UP
    }

    static Link stopped(Instant since) {
        return new Link(
                State.STOPPED, since, 0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Link connecting(Instant since, int attempt, Optional<Throwable> cause) {
        return new Link(State.CONNECTING, since, attempt, cause, Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Link up(Instant since, String session, Optional<QemuVersion> version) {
        return new Link(State.UP, since, 0, Optional.empty(), Optional.empty(), Optional.of(session), version);
    }

    static Link down(Instant since, int attempt, Optional<Throwable> cause, Instant next) {
        return new Link(State.DOWN, since, attempt, cause, Optional.of(next), Optional.empty(), Optional.empty());
    }

    static Link gaveUp(Instant since, int attempt, Throwable cause) {
        return new Link(
                State.GAVE_UP,
                since,
                attempt,
                Optional.of(cause),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
