package io.github.qmpreactive.test.internal.leak;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The threads of Netty's event loops, Reactor Netty's among them, but for those that all tests share. */
public final class EventLoops {

    /** Reactor Netty's own resources, the fake server's, those of tests without native transports, and a thread of Netty's that ends by itself. */
    private static final List<String> SHARED =
            List.of("reactor-tcp-", "reactor-http-", "reactor-udp-", "fake-qmp-", "nio-only-", "globalEventExecutor-");

    /** Ends a thread's name: the rest is common to its group. */
    private static final Pattern NUMBER = Pattern.compile("-\\d+$");

    private final List<String> shared;
    private final Set<String> groupsBefore;

    /**
     * All of them, but for those that are shared, and for threads of groups that run now: a web server that was started
     * earlier starts some of its threads when it is asked for the first time.
     */
    public EventLoops(String... prefixes) {
        shared = Stream.concat(SHARED.stream(), Arrays.stream(prefixes)).toList();
        groupsBefore = loops().map(EventLoops::group).collect(Collectors.toSet());
    }

    /** Returns each with its name. */
    public Map<Thread, String> running() {
        return loops().filter(thread -> !groupsBefore.contains(group(thread)))
                .collect(Collectors.toMap(Function.identity(), Thread::getName));
    }

    private static Stream<Thread> loops() {
        return threads()
                .filter(FastThreadLocalThread.class::isInstance)
                .filter(Predicate.not(EventLoops::isShared))
                .filter(Thread::isAlive);
    }

    private static String group(Thread thread) {
        return NUMBER.matcher(thread.getName()).replaceFirst("");
    }

    private static boolean isShared(Thread thread) {
        return SHARED.stream().anyMatch(thread.getName()::startsWith);
    }

    private static Stream<Thread> threads() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Thread[] threads = new Thread[root.activeCount() + 16];
        int count = root.enumerate(threads);
        while (count == threads.length) {
            threads = new Thread[2 * threads.length];
            count = root.enumerate(threads);
        }
        return Arrays.stream(threads, 0, count);
    }
}
