package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.process.ReadySocket;
import io.github.qmpreactive.test.internal.process.Watchdog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Starts QEMU, with a monitor that can be connected to. Immutable: every method returns a new launcher, and one can start
 * any number of processes.
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
    private boolean tcp;
    private int monitors = 1;
    private Duration timeout = Duration.ofSeconds(10);

    private QemuLauncher(QemuBinary binary) {
        this.binary = binary;
    }

    /**
     * A machine that is nothing but a monitor: {@code -machine none -nodefaults -display none -S}.
     *
     * @return the launcher
     */
    public static QemuLauncher system() {
        return new QemuLauncher(QemuBinary.SYSTEM);
    }

    /**
     * The storage daemon, with no device.
     *
     * @return the launcher
     */
    public static QemuLauncher storageDaemon() {
        return new QemuLauncher(QemuBinary.STORAGE_DAEMON);
    }

    /**
     * The guest agent, which is meant to run inside of a guest, on this computer: what it is told it does here. So it
     * refuses all commands that change something ({@link QemuProcess#command()} shows which, behind {@code -b}), and it
     * has one UNIX socket and no monitor options.
     *
     * @return the launcher
     */
    public static QemuLauncher guestAgent() {
        return new QemuLauncher(QemuBinary.GUEST_AGENT);
    }

    static QemuLauncher of(QemuBinary binary) {
        return new QemuLauncher(binary);
    }

    /**
     * Adds arguments, after those given earlier. If {@code -machine}, {@code -M} is among them, {@code -machine none} is
     * left out.
     *
     * @param more the arguments, each by itself: {@code "-machine", "pc", "-m", "32"}
     * @return the new launcher
     */
    public QemuLauncher withArgs(String... more) {
        return with(l -> l.args = concat(args, more));
    }

    /**
     * Starts the machine running, without {@code -S}.
     *
     * @return the new launcher
     */
    public QemuLauncher running() {
        return with(l -> l.paused = false);
    }

    /**
     * Adds options to the monitors.
     *
     * @param options for example {@code "pretty=on"}
     * @return the new launcher
     */
    public QemuLauncher withMonitorOptions(String... options) {
        return with(l -> l.monitorOptions = concat(monitorOptions, options));
    }

    /**
     * Opens more than one monitor, each on a UNIX socket of its own.
     *
     * @param count how many there are to be in all; 1 by default
     * @return the new launcher
     * @throws IllegalArgumentException if the number is not positive
     */
    public QemuLauncher withMonitors(int count) {
        Checks.positive(count, "count");
        return with(l -> l.monitors = count);
    }

    /**
     * Lets the first monitor listen on a TCP port of 127.0.0.1 that is free, in place of a UNIX socket.
     *
     * @return the new launcher
     */
    public QemuLauncher withTcp() {
        return with(l -> l.tcp = true);
    }

    /**
     * Waits longer, or not so long, for the monitors to listen.
     *
     * @param timeout the time; 10 s by default
     * @return the new launcher
     */
    public QemuLauncher withStartTimeout(Duration timeout) {
        return with(l -> l.timeout = timeout);
    }

    /**
     * Starts the process and waits until its monitors listen; blocks. It has one monitor more, {@code ready}, over which
     * it tells that.
     *
     * @return the process, to be closed
     * @throws IllegalStateException if there is no such program, it ends, or does not listen in time; with what it
     *     printed
     */
    public QemuProcess start() {
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
            if (tcp || monitors > 1 || !monitorOptions.isEmpty()) {
                throw new IllegalStateException("A guest agent has one UNIX socket and no monitor options");
            }
            return GuestAgent.start(program, args, folder, timeout);
        }
        Path ready = folder.file("ready");
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < monitors; i++) {
            addresses.add(tcp && i == 0 ? "tcp:127.0.0.1:" + freePort() : "unix:" + folder.file("m" + i));
        }
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(commandLine(addresses, ready));
        Path output = folder.file("output");
        try (ReadySocket socket = new ReadySocket(ready)) {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Watchdog.watch(process, folder.path());
            QemuProcess qemu = new QemuProcess(process, command, addresses, folder, output);
            if (!socket.await(process, timeout)) {
                String what = endsSoon(process) ? "ended" : "did not answer within " + timeout;
                qemu.close();
                throw new IllegalStateException(
                        String.join(" ", command) + "\n" + what + " and printed: " + qemu.output());
            }
            return qemu;
        }
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

    private List<String> commandLine(List<String> addresses, Path ready) {
        boolean daemon = binary == QemuBinary.STORAGE_DAEMON;
        List<String> line = new ArrayList<>();
        if (!daemon) {
            boolean hasMachine = args.contains("-machine") || args.contains("-M");
            line.addAll(hasMachine ? List.of() : List.of("-machine", "none"));
            line.addAll(List.of("-nodefaults", "-display", "none"));
            line.addAll(paused ? List.of("-S") : List.of());
        }
        line.addAll(args);
        String dash = daemon ? "--" : "-";
        String monitor = daemon ? "--monitor" : "-mon";
        for (int i = 0; i < addresses.size(); i++) {
            String id = "qmp" + i;
            line.addAll(List.of(dash + "chardev", chardev(id, addresses.get(i)) + ",server=on,wait=off"));
            String options = Stream.concat(Stream.of("chardev=" + id, "mode=control"), monitorOptions.stream())
                    .reduce((a, b) -> a + "," + b)
                    .orElse("");
            line.addAll(List.of(monitor, options));
        }
        line.addAll(List.of(dash + "chardev", chardev("ready", "unix:" + ready) + ",server=off"));
        line.addAll(List.of(monitor, "chardev=ready,mode=control"));
        return line;
    }

    private static String chardev(String id, String address) {
        if (address.startsWith("unix:")) {
            // A comma ends a value, unless it is doubled.
            return "socket,id=" + id + ",path="
                    + address.substring("unix:".length()).replace(",", ",,");
        }
        int colon = address.lastIndexOf(':');
        return "socket,id=" + id + ",host=" + address.substring("tcp:".length(), colon) + ",port="
                + address.substring(colon + 1);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QemuLauncher with(Consumer<QemuLauncher> change) {
        QemuLauncher copy = new QemuLauncher(binary);
        copy.args = args;
        copy.monitorOptions = monitorOptions;
        copy.paused = paused;
        copy.tcp = tcp;
        copy.monitors = monitors;
        copy.timeout = timeout;
        change.accept(copy);
        return copy;
    }

    private static List<String> concat(List<String> list, String... more) {
        return Stream.concat(list.stream(), Arrays.stream(more)).toList();
    }
}
