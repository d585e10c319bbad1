package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A {@link FakeQmpServer} at an address that is known before it runs and that stays when it is started again, as {@link
 * FakeVmExtension} is for a machine. In a static field it runs for all tests of the class: each begins with the stubs that
 * the server was given, and may say others with {@code server().when(...)}.
 */
public final class FakeQmpServerExtension extends FakeExtension<RunningFakeQmpServer> {

    private final FakeQmpServer server;

    private FakeQmpServerExtension(FakeQmpServer server) {
        this.server = server;
    }

    /**
     * For a field that is annotated with {@code @RegisterExtension}.
     *
     * @param server the server
     * @return the extension
     */
    public static FakeQmpServerExtension of(FakeQmpServer server) {
        return new FakeQmpServerExtension(Objects.requireNonNull(server, "server"));
    }

    /**
     * The server that runs at present.
     *
     * @return the server; another one after {@link #restart()}
     * @throws IllegalStateException before the first test, after the last, and after {@link #stop()}
     */
    public RunningFakeQmpServer server() {
        return running();
    }

    @Override
    RunningFakeQmpServer startAt(Path path) {
        return server.withPath(path).startUnix();
    }

    @Override
    boolean isRunning(RunningFakeQmpServer fake) {
        return fake.isOpen();
    }

    @Override
    void reset(RunningFakeQmpServer fake) {
        fake.resetStubs();
    }

    @Override
    void verify(RunningFakeQmpServer fake) {
        fake.verify();
    }

    @Override
    void close(RunningFakeQmpServer fake) {
        fake.close();
    }
}
