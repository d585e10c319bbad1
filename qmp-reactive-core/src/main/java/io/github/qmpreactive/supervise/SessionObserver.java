package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.Missed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Receives sessions, one after the other, before they are used. */
interface SessionObserver<S> {

    /** One that does nothing. */
    static <S> SessionObserver<S> none() {
        return new SessionObserver<>() {};
    }

    /** A session was opened; with what was missed since the one before, if there was one. */
    default void opened(S session, Optional<Missed> missed) {}

    /** The session has ended, and these events are missed. */
    default void ended(Missed missed) {}

    /**
     * There will be no more sessions until the next start.
     *
     * @param error with which it gave up; null if it was stopped
     */
    default void stopped(@Nullable Throwable error, Missed missed) {}
}
