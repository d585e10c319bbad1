package io.github.qmpreactive.internal.operation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A stream of a supervisor's events that goes on where it would end, with a gap: when the supervisor is stopped or gives up, and
 * when the buffer is full. In the context of its subscriber.
 */
public final class LastingStream {

    private @Nullable Runnable onEnd;
    private boolean ended;
    private volatile @Nullable Missed missed;

    /** Has a stream last: that of the subscriber with this context. */
    public Context in(Context context) {
        return context.put(LastingStream.class, this);
    }

    public static Optional<LastingStream> of(ContextView context) {
        return context.getOrEmpty(LastingStream.class);
    }

    /** What ends the stream, behind all that is buffered. Called at once if it is to end already. */
    public void onEnd(Runnable action) {
        synchronized (this) {
            onEnd = action;
            if (!ended) {
                return;
            }
        }
        action.run();
    }

    public void missed(Missed events) {
        missed = events;
    }

    /** What was missed when it ended, if anything was. */
    public Optional<Missed> missed() {
        return Optional.ofNullable(missed);
    }

    public void end() {
        Runnable action;
        synchronized (this) {
            ended = true;
            action = onEnd;
        }
        if (action != null) {
            action.run();
        }
    }
}
