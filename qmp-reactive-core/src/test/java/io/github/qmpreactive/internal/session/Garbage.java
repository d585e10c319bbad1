package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.Patience;
import java.lang.ref.WeakReference;

/** Whether an object is still referred to is told by the garbage collector alone. */
final class Garbage {

    private Garbage() {}

    static void assertCollected(WeakReference<?> reference) {
        Patience.until(
                () -> {
                    System.gc();
                    return reference.get() == null;
                },
                "it is still referred to");
    }
}
