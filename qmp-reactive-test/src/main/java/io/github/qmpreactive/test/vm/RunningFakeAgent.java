package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.agent.Agent;
import io.github.qmpreactive.test.internal.agent.AgentSettings;
import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A {@link FakeAgent} that has been started. To be closed at the end of the test; safe for use by several threads.
 *
 * <p>{@link #files()}, {@link #file}, {@link #openFiles()}, {@link #isFrozen()} and {@link #restart()} wait until the event loop
 * that all fakes share has done what it was given before, 10 s at most; on Reactor's non-blocking threads they do not wait.
 */
public final class RunningFakeAgent implements AutoCloseable {

    private final Agent agent;
    private final RunningFakeQmpServer server;

    RunningFakeAgent(AgentSettings settings, Function<FakeQmpServer, RunningFakeQmpServer> start) {
        this.agent = new Agent(settings);
        this.server = start.apply(agent.server());
    }

    /** {@return a client of it} */
    public QgaClient client() {
        return QgaClient.create().address(address());
    }

    /** {@return where it listens: {@code unix:/path} or {@code tcp:127.0.0.1:port}} */
    public String address() {
        return server.address();
    }

    /**
     * {@return its server: which commands came, and all that can be done to a connection by hand. {@code
     * server().when("guest-exec").times(1).error(…)} makes a command fail once}
     */
    public RunningFakeQmpServer server() {
        return server;
    }

    /** {@return a copy of the guest's files, by path, with what was written} */
    public Map<String, byte[]> files() {
        Checks.settle();
        return agent.files();
    }

    /**
     * {@return a copy of the content of a file, with what was written}
     *
     * @param path its path
     * @throws AssertionError if there is no such file; lists those there are
     */
    public byte[] file(String path) {
        Map<String, byte[]> files = files();
        byte[] content = files.get(path);
        if (content == null) {
            throw new AssertionError("The guest has no file " + path + ", only " + new TreeSet<>(files.keySet()));
        }
        return content;
    }

    /** {@return how many files clients have opened and not closed} */
    public int openFiles() {
        Checks.settle();
        return agent.openFiles();
    }

    /** {@return whether file systems of the guest are frozen} */
    public boolean isFrozen() {
        Checks.settle();
        return agent.isFrozen();
    }

    /**
     * Ends the agent, and starts it again. It does not know processes and open files from before; file systems stay frozen, and
     * connections stay open, since they are QEMU's.
     */
    public void restart() {
        FakeLoop.run(agent::restart);
    }

    /**
     * Closes all of its connections and removes its socket; waits until that is done, 10 s at most; blocks.
     *
     * @throws AssertionError as {@link RunningFakeQmpServer#close()}: for example, a command came that it does not know
     */
    @Override
    public void close() {
        server.close();
    }

    /** For people: its address and its state. */
    @Override
    public String toString() {
        return "fake agent at " + address() + ", " + (isFrozen() ? "frozen" : "thawed");
    }
}
