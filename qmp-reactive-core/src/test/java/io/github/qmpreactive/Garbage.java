package io.github.qmpreactive;

import java.lang.ref.WeakReference;

/** Whether an object is still referred to is told by the garbage collector alone. */
public final class Garbage {

    private Garbage() {}

    public static void assertCollected(WeakReference<?> reference) {
        Patience.until(
                () -> {
                    System.gc();
                    return reference.get() == null;
                },
                "it is still referred to");
    }
}
