package io.github.qmpreactive.test.internal.junit;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A QEMU that was started for a test, or for a class, with all that tests may take of it. */
public final class TestMachine implements ClosedByJUnit {

    public static final Set<Class<?>> TYPES = Set.of(
            QemuProcess.class, QmpClient.class, QmpSession.class, QmpListener.class, QgaClient.class, QgaSession.class);

    private final QemuBinary binary;
    private final QemuProcess process;
    private final int sessionMonitor;
    private final @Nullable QmpListener listener;
    private final AtomicReference<@Nullable Class<?>> taken = new AtomicReference<>();

    private TestMachine(QemuBinary binary, QemuProcess process, int sessionMonitor, @Nullable QmpListener listener) {
        this.binary = binary;
        this.process = process;
        this.sessionMonitor = sessionMonitor;
        this.listener = listener;
    }

    /** Starts a QEMU whose monitors listen; one of them is that of sessions. */
    public static TestMachine listening(QemuBinary binary, QemuLauncher launcher, int sessionMonitor) {
        return new TestMachine(binary, launcher.start(), sessionMonitor, null);
    }

    public static TestMachine diallingIn(QemuBinary binary, QemuLauncher launcher) {
        QmpListener listener = Objects.requireNonNull(
                QmpClient.create().tcp("127.0.0.1", 0).listen().block(Waiting.PATIENCE));
        try {
            QemuProcess process = launcher.withDialIn(listener.address()).start();
            return new TestMachine(binary, process, 0, listener);
        } catch (RuntimeException e) {
            listener.close().block(Waiting.PATIENCE);
            throw e;
        }
    }

    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("A test before this one has ended the QEMU that they share " + state()
                    + ": let each have its own (scope = TEST)");
        }
    }

    /**
     * What a test has as a parameter of a type, but for sessions.
     *
     * @throws IllegalStateException if there is no such thing with this program, or it is taken
     */
    public Object parameter(Class<?> type) {
        if (type == QemuProcess.class) {
            return process;
        }
        requireProtocol(type);
        if (type == QmpClient.class) {
            return QmpClient.create().address(process.address());
        }
        if (type == QgaClient.class) {
            take(type);
            return QgaClient.create().address(process.address());
        }
        if (listener == null) {
            throw new IllegalStateException("A QmpListener needs @Qemu(monitor = DIAL_IN)");
        }
        take(type);
        return listener;
    }

    /**
     * Opens the session of a test.
     *
     * @throws IllegalStateException if there is no such session with this program, it is taken, or cannot be opened
     */
    public TestSession session(Class<?> type) {
        requireProtocol(type);
        take(type);
        Mono<Void> free = Mono.fromRunnable(() -> taken.set(null));
        if (isAgent()) {
            QgaSession session =
                    open(QgaClient.create().address(process.address()).connect());
            return new TestSession(session, session.disconnect().then(free));
        }
        QmpClient client = QmpClient.create().address(process.address(sessionMonitor));
        QmpSession session = open(listener == null ? client.connect() : dialledIn(listener));
        return new TestSession(session, session.disconnect().then(free));
    }

    private static Mono<QmpSession> dialledIn(QmpListener listener) {
        Mono<QmpSession> failure = listener.failures().next().flatMap(Mono::<QmpSession>error);
        return Mono.firstWithSignal(listener.sessions().next(), failure);
    }

    private boolean isAgent() {
        return binary == QemuBinary.GUEST_AGENT;
    }

    private void requireProtocol(Class<?> type) {
        boolean agents = type == QgaClient.class || type == QgaSession.class;
        if (agents != isAgent()) {
            throw new IllegalStateException("@Qemu(binary = " + binary + ") has no " + type.getSimpleName() + ": take "
                    + (agents ? "QmpClient or QmpSession" : "QgaClient or QgaSession"));
        }
    }

    private void take(Class<?> type) {
        Class<?> before = taken.compareAndExchange(null, type);
        boolean again = before == type && (type == QmpListener.class || type == QgaClient.class);
        if (before != null && !again) {
            throw new IllegalStateException("There is a " + before.getSimpleName() + " already, which " + process
                    + " serves alone: take either "
                    + (isAgent() ? "QgaClient or QgaSession" : "QmpListener or QmpSession")
                    + ", and a QEMU for each test where tests run in parallel");
        }
    }

    private <T> T open(Mono<T> opening) {
        try {
            return Objects.requireNonNull(opening.block(Waiting.PATIENCE), "the listener was closed");
        } catch (QmpError | IllegalStateException e) {
            taken.set(null);
            throw new IllegalStateException(
                    "Cannot open a session with " + process + " " + state() + ": " + e.getMessage(), e);
        }
    }

    private String state() {
        String printed = process.output().strip();
        String life =
                process.isAlive() ? "runs" : "exit code " + process.exitCode().block(Waiting.PATIENCE);
        return "(" + life + (printed.isEmpty() ? "" : ", printed: " + printed) + ")";
    }

    @Override
    public void close() {
        try (process) {
            if (listener != null) {
                listener.close().block(Waiting.PATIENCE);
            }
        }
    }
}
