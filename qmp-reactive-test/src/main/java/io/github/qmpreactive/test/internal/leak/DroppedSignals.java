package io.github.qmpreactive.test.internal.leak;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Hooks;

/** What reached Reactor's hooks for signals that no subscriber takes any more. Safe for several threads. */
public final class DroppedSignals {

    private static final List<String> DROPPED = new ArrayList<>();

    private static final DroppedHook<Throwable> ERRORS = new DroppedHook<>(
            "onErrorDroppedHook",
            Hooks::onErrorDropped,
            Hooks::resetOnErrorDropped,
            error -> add("error: " + stackTrace(error)));
    private static final DroppedHook<Object> VALUES = new DroppedHook<>(
            "onNextDroppedHook", Hooks::onNextDropped, Hooks::resetOnNextDropped, value -> add("value: " + value));

    private DroppedSignals() {}

    /** Begins to listen, beside hooks of the user's. */
    public static void listen() {
        ERRORS.listen();
        VALUES.listen();
    }

    /** Puts the user's hooks back, or Reactor's own where there were none. */
    public static void stop() {
        ERRORS.stop();
        VALUES.stop();
    }

    public static List<String> take() {
        synchronized (DROPPED) {
            List<String> taken = List.copyOf(DROPPED);
            DROPPED.clear();
            return taken;
        }
    }

    private static void add(String what) {
        synchronized (DROPPED) {
            DROPPED.add(what);
        }
    }

    private static String stackTrace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
