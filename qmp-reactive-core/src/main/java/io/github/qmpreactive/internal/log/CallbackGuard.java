package io.github.qmpreactive.internal.log;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** Swallows what an object of the user's throws from its methods, and logs the first of it. Safe for any thread. */
public final class CallbackGuard {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.session");

    private final Object guarded;
    private final AtomicBoolean logged = new AtomicBoolean();

    public CallbackGuard(Object guarded) {
        this.guarded = guarded;
    }

    /** Calls a method. */
    public void run(String method, Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            swallow(method, e);
        }
    }

    /** Calls a method; returns the other result if it throws or returns null. */
    public <T> T get(String method, Supplier<@Nullable T> call, T otherwise) {
        try {
            T result = call.get();
            if (result != null) {
                return result;
            }
            swallow(method, new NullPointerException(method + " returned null"));
        } catch (Throwable e) {
            swallow(method, e);
        }
        return otherwise;
    }

    private void swallow(String method, Throwable thrown) {
        if (logged.compareAndSet(false, true)) {
            LOG.error(
                    guarded.getClass().getName() + " threw from " + method
                            + "; the session goes on, and what this observer throws later is not logged",
                    thrown);
        }
    }
}
