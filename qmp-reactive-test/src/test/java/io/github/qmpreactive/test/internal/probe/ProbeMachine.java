package io.github.qmpreactive.test.internal.probe;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** A QEMU that is asked one thing after the other; blocks. Some questions end it. Not thread-safe. */
final class ProbeMachine implements AutoCloseable {

    /** QEMU has ended, or hangs, in the middle of a question. */
    static final class Ended extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Ended(Throwable cause) {
            super(cause);
        }
    }

    private final QemuProcess qemu;
    private final QmpSession session;
    private final LinkedBlockingQueue<QmpEvent> events = new LinkedBlockingQueue<>(10_000);

    ProbeMachine(QemuLauncher launcher) {
        this.qemu = launcher.start();
        try {
            this.session = Objects.requireNonNull(
                    QmpClient.create().address(qemu.address()).connect().block(PATIENCE));
        } catch (RuntimeException e) {
            qemu.close();
            throw e;
        }
        session.events().subscribe(events::add, e -> {});
    }

    QmpSession session() {
        return session;
    }

    /** Runs a command; returns QEMU's description of its error, or empty if it succeeds. */
    Optional<String> refusal(String command, Map<String, ?> arguments) {
        try {
            execute(command, arguments);
            return Optional.empty();
        } catch (ExecuteError e) {
            return Optional.of(e.description());
        }
    }

    /**
     * Runs a command.
     *
     * @throws ExecuteError if QEMU refuses it
     * @throws Ended if QEMU ends, or does not answer within 10 s
     */
    JsonNode execute(String command, Map<String, ?> arguments) {
        try {
            return Objects.requireNonNull(session.execute(command, arguments).block(PATIENCE));
        } catch (ExecuteError e) {
            throw e;
        } catch (QmpError e) {
            throw new Ended(e);
        } catch (IllegalStateException e) {
            // No reply: some devices wait for something without an end.
            throw new Ended(e);
        }
    }

    /** Runs a command of the human monitor; returns what that prints. */
    String hmp(String line) {
        return execute("human-monitor-command", Map.of("command-line", line)).asString();
    }

    /**
     * Takes the events up to one that fits, that one included.
     *
     * @throws IllegalStateException if none comes
     */
    List<QmpEvent> eventsUntil(Predicate<QmpEvent> last) {
        List<QmpEvent> taken = new ArrayList<>();
        try {
            while (true) {
                QmpEvent event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                if (event == null) {
                    throw new IllegalStateException("QEMU sent no event that was expected, only " + taken);
                }
                taken.add(event);
                if (last.test(event)) {
                    return taken;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for an event", e);
        }
    }

    /** Takes the events that have come. */
    List<QmpEvent> events() {
        List<QmpEvent> taken = new ArrayList<>();
        events.drainTo(taken);
        return taken;
    }

    @Override
    public void close() {
        try {
            session.disconnect().block(PATIENCE);
        } finally {
            qemu.close();
        }
    }
}
