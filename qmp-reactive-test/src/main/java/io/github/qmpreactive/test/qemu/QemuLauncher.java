package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.process.ProgramVersion;
import io.github.qmpreactive.test.internal.process.ReadySocket;
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
    private List<String> monitorOptions = List.of();
    private boolean paused = true;
    private List<String> dialled = List.of();
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

    /** {@return a launcher of the storage daemon, with no device} */
    public static QemuLauncher storageDaemon() {
        return new QemuLauncher(QemuBinary.STORAGE_DAEMON);
    }

    /**
     * The guest agent, which is meant to run inside of a guest, on this computer, where its commands take effect. So it
     * refuses all commands that change something ({@link QemuProcess#command()} shows which, behind {@code -b}), and it
     * has one UNIX socket and no monitor options.
     *
     * @return the launcher
     */
    public static QemuLauncher guestAgent() {
        return new QemuLauncher(QemuBinary.GUEST_AGENT);
    }

    /**
     * As {@link #system()}, {@link #storageDaemon()} or {@link #guestAgent()}.
     *
     * @param binary the program
     * @return the launcher
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
        return with(l -> l.args = concat(args, more));
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
     * {@return a launcher that adds options to the monitors}
     *
     * @param options for example {@code "pretty=on"}
     */
    public QemuLauncher withMonitorOptions(String... options) {
        return with(l -> l.monitorOptions = concat(monitorOptions, options));
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
     * {@return a launcher that adds a monitor that dials in, where the others listen: at once, and again within a
     * second whenever it was closed. The client has to listen there before QEMU is started}
     *
     * @param address where to, as {@link io.github.qmpreactive.QmpListener#address()} tells it
     * @throws IllegalArgumentException if the address is neither {@code unix:/path} nor {@code tcp:host:port}
     */
    public QemuLauncher withDialIn(String address) {
        SocketOptions.check(address);
        return with(l -> l.dialled = concat(dialled, address));
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
     * Starts the process and waits until its monitors listen; blocks. It has one more monitor, {@code ready}, by which
     * the launcher notices that. The options of the monitors are spelled as the version of the program reads them
     * without a warning.
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
            if (tcp || monitors > 1 || !monitorOptions.isEmpty() || !dialled.isEmpty()) {
                throw new IllegalStateException(
                        "A guest agent has one UNIX socket, no monitors and no options of them");
            }
            return GuestAgent.start(program, args, folder, timeout);
        }
        Path ready = folder.file("ready");
        List<String> unix = IntStream.range(0, monitors)
                .mapToObj(i -> "unix:" + folder.file(CommandLine.label(i)))
                .toList();
        VersionedOptions versioned = new VersionedOptions(ProgramVersion.of(program));
        List<String> listening = unix.stream()
                .map(address -> SocketOptions.of(tcp ? "tcp:127.0.0.1:0" : escaped(address), versioned))
                .toList();
        List<String> dialling = dialled.stream()
                .map(address -> SocketOptions.of(address, versioned))
                .toList();
        CommandLine line = new CommandLine(
                binary == QemuBinary.STORAGE_DAEMON, paused, argumentsIn(folder), monitorOptions, versioned);
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(line.arguments(listening, dialling, SocketOptions.of(escaped("unix:" + ready), versioned)));
        Path output = folder.file("output");
        try (ReadySocket socket = new ReadySocket(ready)) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Watchdog.watch(process, folder);
            try {
                return whenReady(process, socket, command, unix, folder, output);
            } catch (Throwable e) {
                process.destroyForcibly();
                throw e;
            }
        }
    }

    private QemuProcess whenReady(
            Process process,
            ReadySocket socket,
            List<String> command,
            List<String> unix,
            SocketFolder folder,
            Path output) {
        Optional<String> sockets = socket.await(process, timeout);
        List<String> addresses = tcp && sockets.isPresent() ? SocketOptions.ports(sockets.get(), monitors) : unix;
        QemuProcess qemu = new QemuProcess(process, command, addresses, folder, output);
        if (sockets.isEmpty()) {
            String what = socket.isOverdue() || !endsSoon(process) ? "did not answer within " + timeout : "ended";
            qemu.close();
            throw new IllegalStateException(String.join(" ", command) + "\n" + what + " and printed: " + qemu.output());
        }
        if (guest != null) {
            awaitBoot(qemu);
        }
        return qemu;
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
        Stream<String> machine = CommandLine.hasMachine(args)
                ? Stream.empty()
                : Stream.of("-machine", "pc", "-accel", "tcg", "-m", "32");
        Path firmware = inside.writeTo(folder.file("guest.rom"));
        return Stream.of(machine, args.stream(), Stream.of("-bios", firmware.toString()))
                .flatMap(Function.identity())
                .toList();
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

    /** A comma ends a value, unless it is doubled. */
    private static String escaped(String address) {
        return address.replace(",", ",,");
    }

    private QemuLauncher with(Consumer<QemuLauncher> change) {
        QemuLauncher copy = new QemuLauncher(binary);
        copy.args = args;
        copy.monitorOptions = monitorOptions;
        copy.paused = paused;
        copy.dialled = dialled;
        copy.tcp = tcp;
        copy.monitors = monitors;
        copy.timeout = timeout;
        copy.guest = guest;
        change.accept(copy);
        return copy;
    }

    private static List<String> concat(List<String> list, String... more) {
        return Stream.concat(list.stream(), Arrays.stream(more)).toList();
    }
}
