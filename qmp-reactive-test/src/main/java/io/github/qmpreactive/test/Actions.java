package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.net.FakeChannel;

/** What a test does to one connection by hand: on its event loop, and only while it is open. */
final class Actions {

    private final int number;
    private final FakeChannel channel;

    Actions(int number, FakeChannel channel) {
        this.number = number;
        this.channel = channel;
    }

    /** Runs an action, or throws if the connection is closed. The caller gets the exception unless it must not wait. */
    void run(String action, Runnable task) {
        requireOpen(action);
        channel.run(() -> {
            requireOpen(action);
            task.run();
        });
    }

    /** As {@link #run}; what the action writes is sent in one piece. */
    void burst(String action, Runnable task) {
        run(action, () -> channel.burst(task));
    }

    private void requireOpen(String action) {
        String end = channel.end();
        if (end != null) {
            String message = "Connection " + number + " is closed: " + end + "; " + action + " has no effect";
            throw channel.isClosedByServer() ? new ServerClosedException(message) : new IllegalStateException(message);
        }
    }
}
