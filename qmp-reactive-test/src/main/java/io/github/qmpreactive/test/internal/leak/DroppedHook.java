package io.github.qmpreactive.test.internal.leak;

import java.lang.reflect.Field;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Hooks;

/** Listens at one of Reactor's hooks beside a hook of the user's. */
final class DroppedHook<T> {

    private final String field;
    private final Consumer<Consumer<T>> set;
    private final Runnable reset;
    private final Consumer<T> recorder;
    private @Nullable Consumer<T> installed;
    private @Nullable Consumer<T> users;
    private volatile long generation;

    DroppedHook(String field, Consumer<Consumer<T>> set, Runnable reset, Consumer<T> recorder) {
        this.field = field;
        this.set = set;
        this.reset = reset;
        this.recorder = recorder;
    }

    /** Listens, unless it does: a test may have reset the hook, or added one of its own. */
    synchronized void listen() {
        Consumer<T> current = current();
        if (installed != null && current == installed) {
            return;
        }
        users = current;
        // What listened before may be a part of the user's hook by now.
        long own = ++generation;
        Consumer<T> ours = value -> {
            if (own == generation) {
                recorder.accept(value);
            }
        };
        reset.run();
        set.accept(current == null ? ours : ours.andThen(current));
        installed = current();
    }

    /** Puts the user's hook back. */
    synchronized void stop() {
        Consumer<T> current = current();
        generation++;
        if (installed != null && current == installed) {
            reset.run();
            if (users != null) {
                set.accept(users);
            }
        }
        installed = null;
        users = null;
    }

    /** Reactor has no method for it. */
    @SuppressWarnings("unchecked")
    private @Nullable Consumer<T> current() {
        try {
            Field hook = Hooks.class.getDeclaredField(field);
            hook.setAccessible(true);
            return (Consumer<T>) hook.get(null);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException("Reactor's Hooks have no readable field " + field + " in this version", e);
        }
    }
}
