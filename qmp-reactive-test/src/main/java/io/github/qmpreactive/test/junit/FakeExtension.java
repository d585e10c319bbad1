package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A fake at one address: for the tests of a class and its nested classes if its field is static, else for one test. */
abstract class FakeExtension<R> implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    /** Of a static field kept to the end of the JVM: it is the address of later classes, too, if they share the field. */
    private final SocketFolder folder = SocketFolder.create();

    /** Of the class and those around it: JUnit begins each nested class anew. */
    private int depth;

    private volatile @Nullable R running;

    private final Function<Path, R> starter;
    private final Predicate<R> isRunning;
    private final Function<R, RunningFakeQmpServer> serverOf;
    private final Consumer<R> closer;

    FakeExtension(
            Function<Path, R> starter,
            Predicate<R> isRunning,
            Function<R, RunningFakeQmpServer> serverOf,
            Consumer<R> closer) {
        this.starter = starter;
        this.isRunning = isRunning;
        this.serverOf = serverOf;
        this.closer = closer;
    }

    /**
     * Where the fake listens, or will: one path from the start of the class on, whatever is started there.
     *
     * @return {@code unix:/path}
     */
    public String address() {
        return "unix:" + folder.socket();
    }

    /**
     * Ends the fake: connections end, and no program listens at the address any more; blocks until that is done. Nothing
     * happens if it does not run.
     *
     * @throws AssertionError if it has recorded a failure, as at the end of a test
     */
    public void stop() {
        R fake = running;
        running = null;
        if (fake != null) {
            closer.accept(fake);
        }
    }

    /**
     * Starts another fake at the same address, in place of the one that runs; blocks until it listens.
     *
     * @throws AssertionError as {@link #stop()}
     */
    public void restart() {
        stop();
        start();
    }

    R running() {
        R fake = running;
        if (fake == null) {
            throw new IllegalStateException(
                    "No fake runs: annotate the field with @RegisterExtension; after stop(), restart()");
        }
        return fake;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        if (depth++ == 0) {
            start();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        R fake = running;
        if (fake == null) {
            start();
        } else if (!isRunning.test(fake)) {
            restart();
        } else {
            serverOf.apply(fake).resetStubs();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        R fake = running;
        if (depth == 0) {
            stop();
            folder.delete();
        } else if (fake != null) {
            serverOf.apply(fake).verify();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (--depth == 0) {
            stop();
        }
    }

    private void start() {
        running = starter.apply(folder.socket());
    }
}
