package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** A QEMU that was started for a test, or for a class, with all that tests may take of it. */
final class TestMachine implements ClosedByJUnit {

    private final Qemu settings;
    private final QemuProcess process;
    private final @Nullable QmpListener listener;
    private final AtomicReference<@Nullable Class<?>> taken = new AtomicReference<>();

    private TestMachine(Qemu settings, QemuProcess process, @Nullable QmpListener listener) {
        this.settings = settings;
        this.process = process;
        this.listener = listener;
    }

    static TestMachine start(Qemu settings) {
        QemuLauncher launcher = QemuLauncher.of(settings.binary())
                .withArgs(settings.args())
                .withMonitorOptions(settings.monitorOptions())
                .withStartTimeout(Duration.ofSeconds(settings.startTimeout()));
        launcher = settings.running() ? launcher.running() : launcher;
        for (TinyGuest guest : settings.guest()) {
            launcher = launcher.withGuest(guest);
        }
        return switch (settings.monitor()) {
            case UNIX_SOCKET ->
                new TestMachine(settings, listening(settings, launcher).start(), null);
            case TCP ->
                new TestMachine(
                        settings, listening(settings, launcher).withTcp().start(), null);
            case DIAL_IN -> diallingIn(settings, launcher);
        };
    }

    private static QemuLauncher listening(Qemu settings, QemuLauncher launcher) {
        // One more: QEMU serves one client at each monitor, and the test's client is another than its session's.
        int ofSessions = settings.binary() == QemuBinary.GUEST_AGENT ? 0 : 1;
        return launcher.withMonitors(settings.monitors()).withMonitors(settings.monitors() + ofSessions);
    }

    private static TestMachine diallingIn(Qemu settings, QemuLauncher launcher) {
        QmpListener listener = Objects.requireNonNull(
                QmpClient.create().tcp("127.0.0.1", 0).listen().block(TestSession.PATIENCE));
        try {
            QemuProcess process = launcher.withMonitors(settings.monitors())
                    .withDialIn(listener.address())
                    .start();
            return new TestMachine(settings, process, listener);
        } catch (RuntimeException e) {
            listener.close().block(TestSession.PATIENCE);
            throw e;
        }
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException("A test before this one has ended the QEMU that they share " + state()
                    + ": let each have its own (scope = TEST)");
        }
    }

    QemuProcess process() {
        return process;
    }

    QmpClient client() {
        return QmpClient.create().address(process.address());
    }

    QmpListener listener() {
        if (listener == null) {
            throw new IllegalStateException("A QmpListener needs @Qemu(monitor = DIAL_IN)");
        }
        take(QmpListener.class, "QmpListener or QmpSession");
        return listener;
    }

    TestSession session() {
        take(QmpSession.class, "QmpListener or QmpSession");
        Mono<QmpSession> opening =
                listener == null ? QmpClient.create().address(lastAddress()).connect() : dialledIn(listener);
        QmpSession session = open(opening);
        return new TestSession(session, session.disconnect().then(Mono.fromRunnable(() -> taken.set(null))));
    }

    QgaClient agentClient() {
        take(QgaClient.class, "QgaClient or QgaSession");
        return QgaClient.create().address(process.address());
    }

    TestSession agentSession() {
        take(QgaSession.class, "QgaClient or QgaSession");
        QgaSession session = open(QgaClient.create().address(process.address()).connect());
        return new TestSession(session, session.disconnect().then(Mono.fromRunnable(() -> taken.set(null))));
    }

    private String lastAddress() {
        return process.address(settings.monitors());
    }

    private static Mono<QmpSession> dialledIn(QmpListener listener) {
        Mono<QmpSession> failure = listener.failures().next().flatMap(Mono::<QmpSession>error);
        return Mono.firstWithSignal(listener.sessions().next(), failure);
    }

    /** Fails if there is no such thing with this program. */
    void requireProtocol(Class<?> type) {
        if (type == QemuProcess.class) {
            return;
        }
        boolean agents = type == QgaClient.class || type == QgaSession.class;
        if (agents != (settings.binary() == QemuBinary.GUEST_AGENT)) {
            throw new IllegalStateException("@Qemu(binary = " + settings.binary() + ") has no " + type.getSimpleName()
                    + ": take " + (agents ? "QmpClient or QmpSession" : "QgaClient or QgaSession"));
        }
    }

    private void take(Class<?> type, String either) {
        Class<?> before = taken.compareAndExchange(null, type);
        boolean again = before == type && (type == QmpListener.class || type == QgaClient.class);
        if (before != null && !again) {
            throw new IllegalStateException("There is a " + before.getSimpleName() + " already, which " + process
                    + " serves alone: take either " + either
                    + ", and a QEMU for each test where tests run in parallel");
        }
    }

    private <T> T open(Mono<T> opening) {
        try {
            return Objects.requireNonNull(opening.block(TestSession.PATIENCE), "the listener was closed");
        } catch (QmpError | IllegalStateException e) {
            taken.set(null);
            throw new IllegalStateException(
                    "Cannot open a session with " + process + " " + state() + ": " + e.getMessage(), e);
        }
    }

    private String state() {
        String printed = process.output().isBlank()
                ? ""
                : ", printed: " + process.output().strip();
        String life =
                process.isAlive() ? "runs" : "exit code " + process.exitCode().block(TestSession.PATIENCE);
        return "(" + life + printed + ")";
    }

    @Override
    public void close() {
        try {
            if (listener != null) {
                listener.close().block(TestSession.PATIENCE);
            }
        } finally {
            process.close();
        }
    }
}
