package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.process.AgentCommand;
import io.github.qmpreactive.test.internal.process.CommandLine;
import io.github.qmpreactive.test.internal.process.ListeningSocket;
import io.github.qmpreactive.test.internal.process.ProgramVersion;
import io.github.qmpreactive.test.internal.process.ReadyMonitor;
import io.github.qmpreactive.test.internal.process.VersionedOptions;
import io.github.qmpreactive.test.internal.process.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts QEMU, with a monitor that can be connected to. Immutable: every method returns a new launcher, and one can
 * start any number of processes.
 *
 * <pre>{@code
 * try (QemuProcess qemu = QemuLauncher.system().withArgs("-machine", "pc", "-accel", "tcg", "-m", "32").start()) {
 *     QmpClient client = QmpClient.create().address(qemu.address());
 *     ...
 * }
 * }</pre>
 */
public final class QemuLauncher {

    private final QemuBinary binary;
    private List<String> args = List.of();
    private boolean paused = true;
    private List<Endpoint> dialled = List.of();
    private boolean tcp;
    private int monitors = 1;
    private Duration timeout = Duration.ofSeconds(10);
    private @Nullable TinyGuest guest;

    private QemuLauncher(QemuBinary binary) {
        this.binary = binary;
    }

    /**
     * {@return a launcher of a machine that is nothing but a monitor: {@code -machine none -nodefaults -display none
     * -S}}
     */
    public static QemuLauncher system() {
        return new QemuLauncher(QemuBinary.SYSTEM);
    }

    /**
     * {@return a launcher of a program: a machine as {@link #system()}; the storage daemon, with no device; or the guest agent
     * on this computer, where its commands take effect. So it refuses all commands that change something ({@link
     * QemuProcess#command()} shows which, behind {@code -b}). The agent has one UNIX socket}
     *
     * @param binary the program
     */
    public static QemuLauncher of(QemuBinary binary) {
        return new QemuLauncher(binary);
    }

    /**
     * {@return a launcher that adds arguments, after those given earlier. If {@code -machine}, {@code -M} is among
     * them, {@code -machine none} is left out}
     *
     * @param more the arguments, each by itself: {@code "-machine", "pc", "-m", "32"}
     */
    public QemuLauncher withArgs(String... more) {
        return with(
                l -> l.args = Stream.concat(args.stream(), Arrays.stream(more)).toList());
    }

    /** {@return a launcher that starts the machine running, without {@code -S}} */
    public QemuLauncher running() {
        return with(l -> l.paused = false);
    }

    /**
     * {@return a launcher that starts the machine running, with a guest, and waits until that takes notice of its power
     * button. The machine is a pc with 32 MiB under TCG ({@code -machine pc -accel tcg -m 32}), unless the arguments
     * have a {@code -machine}}
     *
     * @param guest what runs in the machine
     */
    public QemuLauncher withGuest(TinyGuest guest) {
        return with(l -> {
            l.guest = guest;
            l.paused = false;
        });
    }

    /**
     * {@return a launcher that opens more than one monitor, each on a UNIX socket of its own}
     *
     * @param count how many there are to be in all; 1 by default
     * @throws IllegalArgumentException if the number is not positive
     */
    public QemuLauncher withMonitors(int count) {
        if (count <= 0) {
            throw new IllegalArgumentException("count must be positive, but is " + count);
        }
        return with(l -> l.monitors = count);
    }

    /**
     * {@return a launcher whose monitors listen on TCP ports of 127.0.0.1, which the system chooses, in place of UNIX
     * sockets}
     */
    public QemuLauncher withTcp() {
        return with(l -> l.tcp = true);
    }

    /**
     * {@return a launcher that adds a monitor that connects to a client: at once, and again within a second whenever the
     * connection was closed. The client has to listen before QEMU is started}
     *
     * @param address of the client, as {@link io.github.qmpreactive.QmpListener#address()} tells it
     * @throws IllegalArgumentException if that is no address
     */
    public QemuLauncher withDialIn(String address) {
        Endpoint client = AddressParser.parse(address);
        return with(l ->
                l.dialled = Stream.concat(dialled.stream(), Stream.of(client)).toList());
    }

    /**
     * {@return a launcher that waits longer, or not so long, for the monitors to listen}
     *
     * @param timeout the time; 10 s by default
     */
    public QemuLauncher withStartTimeout(Duration timeout) {
        return with(l -> l.timeout = timeout);
    }

    /**
     * Starts the process and waits until its monitors listen; blocks. QEMU has one more monitor, {@code ready}, by which
     * the launcher notices that.
     *
     * @return the process, to be closed
     * @throws IllegalStateException if there is no such program, it prints no version, it ends, or does not listen in
     *     time, or its guest does not start; the message contains what it printed
     */
    public QemuProcess start() {
        if (guest != null && binary != QemuBinary.SYSTEM) {
            throw new IllegalStateException("A guest needs a machine, and " + binary + " has none");
        }
        Path program = binary.find().orElseThrow(() -> new IllegalStateException(binary.installHint()));
        SocketFolder folder = SocketFolder.create();
        try {
            return start(program, folder);
        } catch (IOException | RuntimeException e) {
            folder.delete();
            throw e instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(program + " cannot be started", e);
        }
    }

    private QemuProcess start(Path program, SocketFolder folder) throws IOException {
        if (binary == QemuBinary.GUEST_AGENT) {
            return startAgent(program, folder);
        }
        Path ready = folder.file("ready");
        List<Endpoint> listening = IntStream.range(0, monitors)
                .<Endpoint>mapToObj(i ->
                        tcp ? new Endpoint.Tcp("127.0.0.1", 0) : new Endpoint.Unix(folder.file(CommandLine.label(i))))
                .toList();
        VersionedOptions versioned = new VersionedOptions(ProgramVersion.of(program));
        CommandLine line = new CommandLine(binary == QemuBinary.STORAGE_DAEMON, paused, argumentsIn(folder), versioned);
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(line.arguments(listening, dialled, new Endpoint.Unix(ready)));
        try (ReadyMonitor monitor = ReadyMonitor.listen(ready, timeout)) {
            QemuProcess qemu = launch(command, folder, process -> monitor.await(process)
                    .map(chardevs -> tcp
                            ? CommandLine.ports(chardevs, monitors)
                            : listening.stream().map(Endpoint::toString).toList()));
            if (guest != null) {
                awaitBoot(qemu);
            }
            return qemu;
        }
    }

    private QemuProcess startAgent(Path program, SocketFolder folder) throws IOException {
        if (tcp || monitors > 1 || !dialled.isEmpty()) {
            throw new IllegalStateException("A guest agent has one UNIX socket and no monitors");
        }
        Path socket = folder.file("m0");
        return launch(
                AgentCommand.of(program, args, folder, socket),
                folder,
                process -> ListeningSocket.await(socket, process, timeout)
                        ? Optional.of(List.of("unix:" + socket))
                        : Optional.empty());
    }

    /** Starts a process, and waits until it tells the addresses where it listens. */
    private QemuProcess launch(
            List<String> command, SocketFolder folder, Function<Process, Optional<List<String>>> addresses)
            throws IOException {
        Path output = folder.file("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Watchdog.watch(process, folder);
        try {
            Optional<List<String>> listening = addresses.apply(process);
            QemuProcess qemu = new QemuProcess(process, command, listening.orElse(List.of()), folder, output);
            if (listening.isEmpty()) {
                String what = endsSoon(process) ? "ended" : "did not answer within " + timeout;
                qemu.close();
                throw new IllegalStateException(
                        String.join(" ", command) + "\n" + what + " and printed: " + qemu.output());
            }
            return qemu;
        } catch (RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static void awaitBoot(QemuProcess qemu) {
        try {
            TinyGuest.awaitBoot(qemu.address(), 1);
        } catch (RuntimeException e) {
            qemu.close();
            throw new IllegalStateException(
                    String.join(" ", qemu.command()) + "\nits guest has not begun, and it printed: " + qemu.output(),
                    e);
        }
    }

    /** With what it takes for the guest. */
    private List<String> argumentsIn(SocketFolder folder) {
        TinyGuest inside = guest;
        if (inside == null) {
            return args;
        }
        List<String> all = new ArrayList<>();
        if (!CommandLine.hasMachine(args)) {
            all.addAll(List.of("-machine", "pc", "-accel", "tcg", "-m", "32"));
        }
        all.addAll(args);
        all.addAll(List.of("-bios", inside.writeTo(folder.file("guest.rom")).toString()));
        return all;
    }

    /** Its sockets are closed a moment before it is gone. */
    private static boolean endsSoon(Process process) {
        try {
            return process.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private QemuLauncher with(Consumer<QemuLauncher> change) {
        QemuLauncher copy = new QemuLauncher(binary);
        copy.args = args;
        copy.paused = paused;
        copy.dialled = dialled;
        copy.tcp = tcp;
        copy.monitors = monitors;
        copy.timeout = timeout;
        copy.guest = guest;
        change.accept(copy);
        return copy;
    }
}
