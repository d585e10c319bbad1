package io.github.qmpreactive.test.internal.check;

import java.util.function.Consumer;

/**
 * Settings that are copied before they are changed, so that those that were handed on stay as they are.
 *
 * @param <T> the settings
 */
public abstract class Copied<T extends Copied<T>> implements Cloneable {

    @SuppressWarnings("unchecked")
    public final T changed(Consumer<? super T> change) {
        try {
            T copy = (T) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
