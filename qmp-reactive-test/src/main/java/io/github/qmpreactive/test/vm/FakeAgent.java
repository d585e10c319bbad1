package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.internal.agent.AgentSettings;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A guest agent for tests, on top of {@link FakeQmpServer#guestAgent()}, with a guest that remembers: it has programs, files and
 * file systems. Immutable: every method returns a new agent, and one that is set up can be started any number of times.
 *
 * <pre>{@code
 * try (RunningFakeAgent agent = FakeAgent.create()
 *         .withProgram("df", FakeProgram.exits(0).printing("1234\n"))
 *         .withFile("/etc/hostname", "vm1\n")
 *         .start()) {
 *     QgaClient client = agent.client();
 *     ...
 *     agent.restart();
 * }
 * }</pre>
 *
 * <p>It behaves as the {@code qemu-ga} of its {@link #withProfile profile}'s version, in its words. It knows these commands; {@link
 * #withServer} adds others:
 *
 * <ul>
 *   <li>{@code guest-exec}, {@code guest-exec-status};
 *   <li>{@code guest-file-open}, {@code -read}, {@code -write}, {@code -seek}, {@code -flush}, {@code -close};
 *   <li>{@code guest-fsfreeze-status}, {@code -freeze}, {@code -freeze-list}, {@code -thaw};
 *   <li>{@code guest-info}, {@code guest-get-osinfo}, {@code guest-ping}, {@code guest-sync}, {@code guest-sync-delimited}.
 * </ul>
 */
public final class FakeAgent {

    private final AgentSettings settings;

    private FakeAgent(AgentSettings settings) {
        this.settings = settings;
    }

    /** {@return an agent whose guest has no programs and no files, and one file system at {@code /}} */
    public static FakeAgent create() {
        return new FakeAgent(new AgentSettings());
    }

    /**
     * {@return an agent that behaves as that of a QEMU}
     *
     * @param profile that of a version is {@code QemuProfile.of("7.2")}; {@link QemuProfile#newest()} by default
     */
    public FakeAgent withProfile(QemuProfile profile) {
        return with(s -> s.profile = profile);
    }

    /**
     * {@return an agent whose guest has a program}
     *
     * @param path its name or path, as {@code guest-exec} has to have it; others cannot be started
     * @param program what it does, whatever its arguments
     */
    public FakeAgent withProgram(String path, FakeProgram program) {
        return withProgram(path, arguments -> program);
    }

    /**
     * {@return an agent whose guest has a program that does what its arguments say}
     *
     * @param path its name or path, as {@code guest-exec} has to have it
     * @param program makes of its arguments what it does; called on the event loop that all fakes share, so it must not block.
     *     If it throws, the command is answered with a GenericError that says so, and {@link RunningFakeAgent#close()} fails
     *     with the same
     */
    public FakeAgent withProgram(String path, Function<List<String>, FakeProgram> program) {
        return with(s -> s.programs = AgentSettings.with(
                s.programs, path, arguments -> program.apply(arguments).program()));
    }

    /**
     * {@return an agent whose guest has a file. Folders are not checked: a file can be made anywhere}
     *
     * @param path its path
     * @param text its content, as UTF-8
     */
    public FakeAgent withFile(String path, String text) {
        return withFile(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return an agent whose guest has a file. Folders are not checked: a file can be made anywhere}
     *
     * @param path its path
     * @param content its content; copied
     */
    public FakeAgent withFile(String path, byte[] content) {
        byte[] copy = content.clone();
        return with(s -> s.files = AgentSettings.with(s.files, path, copy));
    }

    /**
     * {@return an agent whose guest has file systems that can be frozen}
     *
     * @param paths where they are mounted; none or several, in place of {@code /}
     */
    public FakeAgent withMountPoints(String... paths) {
        Set<String> mountPoints = Set.copyOf(List.of(paths));
        return with(s -> s.mountPoints = mountPoints);
    }

    /**
     * {@return an agent whose server has a change: more commands, failures. While the guest is frozen, the agent refuses what
     * the change stubs, too}
     *
     * @param change for example {@code server -> server.when("guest-file-write").error("GenericError", "failed to write to
     *     file: No space left on device")}; after those given earlier
     */
    public FakeAgent withServer(UnaryOperator<FakeQmpServer> change) {
        UnaryOperator<FakeQmpServer> earlier = settings.server;
        return with(s -> s.server = server -> change.apply(earlier.apply(server)));
    }

    /**
     * Starts it on a UNIX socket, in a temporary folder of its own; blocks until it listens.
     *
     * @return the agent, to be closed
     * @throws AssertionError if it does not listen within 10 s
     */
    public RunningFakeAgent start() {
        return new RunningFakeAgent(settings, FakeQmpServer::startUnix);
    }

    /**
     * Starts it on a TCP port of 127.0.0.1 that is free; blocks until it listens.
     *
     * @return the agent, to be closed
     * @throws AssertionError if it does not listen within 10 s
     */
    public RunningFakeAgent startTcp() {
        return new RunningFakeAgent(settings, FakeQmpServer::startTcp);
    }

    private FakeAgent with(Consumer<AgentSettings> change) {
        return new FakeAgent(settings.changed(change));
    }
}
