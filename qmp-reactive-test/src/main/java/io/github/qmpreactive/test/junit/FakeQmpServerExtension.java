package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.util.Objects;
import java.util.function.Function;

/**
 * A {@link FakeQmpServer} at an address that is known before it runs and that stays when it is started again, as {@link
 * FakeVmExtension} is for a machine. In a static field it runs for all tests of the class: each begins with the stubs that
 * the server was given, and may say others with {@code server().when(...)}.
 */
public final class FakeQmpServerExtension extends FakeExtension<RunningFakeQmpServer> {

    private FakeQmpServerExtension(FakeQmpServer server) {
        super(
                path -> server.withPath(path).startUnix(),
                RunningFakeQmpServer::isOpen,
                Function.identity(),
                RunningFakeQmpServer::close);
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
}
