package io.github.qmpreactive.guest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A machine with a Linux guest, as {@code .ci/linux-guest} makes it, and with the guest agent. It boots in some seconds, and
 * is restored from a saved state in half a second: the tests of a class boot once.
 */
final class LinuxGuest implements AutoCloseable {

    private static final List<String> FILES = List.of("vmlinuz", "initrd.gz", "disk.img");

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final QemuProcess qemu;
    private final QmpSession monitor;
    private final Path socket;
    private final Path disk;
    private final StringBuffer console = new StringBuffer();

    private LinuxGuest(QemuProcess qemu, Path socket, Path disk) {
        this.qemu = qemu;
        this.socket = socket;
        this.disk = disk;
        this.monitor = Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).connect().block(Patience.PATIENCE));
    }

    /** Where the files of the guest are; the test is left out where there are none, unless they were named. */
    private static Path files() {
        @Nullable String named = System.getenv("QEMU_GUEST");
        assumeTrue(named == null || !named.isBlank(), "QEMU_GUEST is empty: there is to be no Linux guest");
        Path folder =
                named != null ? Path.of(named) : Path.of(System.getProperty("user.home"), ".cache/qmp-reactive/guest");
        boolean complete = FILES.stream().allMatch(file -> Files.isRegularFile(folder.resolve(file)));
        if (named != null && !complete) {
            throw new IllegalStateException("QEMU_GUEST is " + named + ", which does not have all of " + FILES);
        }
        assumeTrue(complete, "There is no Linux guest: run .ci/linux-guest, which makes one in " + folder);
        return folder;
    }

    /** Boots it, waits for its agent, and saves its state and its disk. */
    static void save(Path folder) throws IOException {
        try (LinuxGuest guest = start(folder, files().resolve("disk.img"), List.of())) {
            guest.agent().use(session -> session.execute("guest-ping")).block(Patience.PATIENCE);
            guest.run("stop", Map.of());
            guest.run("migrate", Map.of("uri", "exec:cat > " + folder.resolve("state")));
            guest.await(
                    "query-migrate", reply -> reply.path("status").asString("").equals("completed"));
            Files.copy(guest.disk, folder.resolve("disk"));
        }
    }

    /** As it was saved, and running. */
    static LinuxGuest restore(Path folder) throws IOException {
        LinuxGuest guest = start(folder, folder.resolve("disk"), List.of("-incoming", "defer"));
        try {
            guest.run("migrate-incoming", Map.of("uri", "exec:cat " + folder.resolve("state")));
            guest.await(
                    "query-status", reply -> reply.path("status").asString("").equals("paused"));
            guest.run("cont", Map.of());
            return guest;
        } catch (RuntimeException | Error e) {
            guest.close();
            throw e;
        }
    }

    private static LinuxGuest start(Path folder, Path image, List<String> more) throws IOException {
        Path socket = folder.resolve("agent");
        Path disk = folder.resolve("used-disk");
        Files.copy(image, disk);
        Path files = files();
        List<String> machine = List.of(
                "-machine",
                "q35",
                "-accel",
                "tcg",
                "-m",
                "128",
                "-kernel",
                files.resolve("vmlinuz").toString(),
                "-initrd",
                files.resolve("initrd.gz").toString(),
                "-append",
                "console=ttyS0 quiet",
                "-chardev",
                "ringbuf,id=console,size=65536",
                "-serial",
                "chardev:console",
                "-drive",
                "if=none,id=disk0,format=raw,file=" + disk,
                "-device",
                "virtio-blk-pci,drive=disk0",
                "-device",
                "virtio-serial-pci",
                "-chardev",
                "socket,id=qga0,path=" + socket + ",server=on,wait=off",
                "-device",
                "virtserialport,chardev=qga0,id=agent0,name=org.qemu.guest_agent.0");
        QemuProcess qemu = QemuLauncher.system()
                .withArgs(Stream.concat(machine.stream(), more.stream()).toArray(String[]::new))
                .running()
                .start();
        return new LinuxGuest(qemu, socket, disk);
    }

    /** A client of its agent, which waits for it while the guest boots. */
    QgaClient agent() {
        return QgaClient.create().unixSocket(socket).name("guest").handshakeTimeout(Patience.PATIENCE);
    }

    QmpSession monitor() {
        return monitor;
    }

    void run(String command, Map<String, ?> arguments) {
        monitor.execute(command, arguments).block(Patience.PATIENCE);
    }

    /** All that programs have written to /dev/ttyS0, once this word is in it; also while the agent cannot be asked. */
    String awaitConsole(String word) {
        Map<String, Object> all = Map.of("device", "console", "size", 65536);
        monitor.execute("ringbuf-read", all)
                .doOnNext(text -> console.append(text.asString("")))
                .filter(text -> console.indexOf(word) >= 0)
                .repeatWhenEmpty(again -> again.delayElements(PAUSE))
                .block(Patience.PATIENCE);
        return console.toString();
    }

    private void await(String query, Predicate<JsonNode> condition) {
        monitor.execute(query)
                .filter(condition)
                .repeatWhenEmpty(again -> again.delayElements(PAUSE))
                .block(Patience.PATIENCE);
    }

    @Override
    public void close() {
        monitor.disconnect().block(Patience.PATIENCE);
        qemu.close();
        for (Path file : Set.of(socket, disk)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new IllegalStateException(file + " cannot be removed", e);
            }
        }
    }
}
