package io.github.qmpreactive.test.internal.leak;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Hooks;

/** What reached Reactor's hooks for signals that nobody takes any more. Safe for several threads. */
public final class DroppedSignals {

    private static final List<String> DROPPED = new ArrayList<>();

    private DroppedSignals() {}

    /** Begins to listen, in place of whoever does. */
    public static void listen() {
        stop();
        Hooks.onErrorDropped(error -> add("error: " + stackTrace(error)));
        Hooks.onNextDropped(value -> add("value: " + value));
    }

    /** Puts Reactor's own hooks back. */
    public static void stop() {
        Hooks.resetOnErrorDropped();
        Hooks.resetOnNextDropped();
    }

    /**
     * What was dropped since the last call.
     *
     * @return a description of each
     */
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
