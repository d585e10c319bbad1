package io.github.qmpreactive.test.internal.probe;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds out what changed between versions of QEMU and no schema tells. */
final class TraitsProbe {

    private static final Pattern POSITION = Pattern.compile(".*\"desc\": \"\\d+:\\d+: JSON parse error.*");

    private TraitsProbe() {}

    /** A line for each trait: its name, {@code =}, its value. */
    static List<String> lines(QemuLauncher qemu) {
        try (ProbeMachine machine =
                new ProbeMachine(qemu.withArgs("-machine", "pc", "-accel", "tcg", "-m", "32", "-usb")
                        .running())) {
            QemuVersion version = machine.session().greeting().orElseThrow().version();
            Map<String, Object> noName = Map.of("driver", 5);
            Map<String, String> noId = Map.of("driver", "usb-mouse", "id", "a b");
            return List.of(
                    "version=" + version.major() + "." + version.minor() + "." + version.micro(),
                    "package=" + version.packageName(),
                    "parses-incrementally=" + reportsPosition(qemu),
                    "device-add-is-typed="
                            + machine.refusal("device_add", noName).orElse("").contains("'driver' is missing"),
                    "device-id-refusal="
                            + machine.refusal("device_add", noId).orElse("").replace("a b", "{id}"),
                    "chardev-in-use=" + chardevInUse(machine),
                    "stops-when-suspended=" + stopsWhenSuspended(qemu));
        }
    }

    private static String chardevInUse(ProbeMachine machine) {
        Map<String, Object> backend = Map.of("type", "null", "data", Map.of());
        Map<String, String> device = Map.of("driver", "usb-serial", "chardev", "c");
        machine.execute("chardev-add", Map.of("id", "c", "backend", backend));
        machine.execute("device_add", device);
        String refusal = machine.refusal("device_add", device).orElse("");
        return refusal.substring(refusal.indexOf(": ") + 2).replace("'c'", "'{id}'");
    }

    private static boolean reportsPosition(QemuLauncher qemu) {
        try (QemuProcess process = qemu.start();
                SocketChannel channel = SocketChannel.open(
                        UnixDomainSocketAddress.of(process.address().substring("unix:".length())))) {
            BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            lines.readLine();
            channel.write(ByteBuffer.wrap("@".getBytes(StandardCharsets.UTF_8)));
            String error = lines.readLine();
            return error != null && POSITION.matcher(error).matches();
        } catch (IOException e) {
            throw new UncheckedIOException("The monitor cannot be read", e);
        }
    }

    private static boolean stopsWhenSuspended(QemuLauncher qemu) {
        try (ProbeMachine machine = new ProbeMachine(qemu.withGuest(TinyGuest.SUSPENDS))) {
            machine.execute("system_powerdown", Map.of());
            machine.eventsUntil(event -> event.name().equals("SUSPEND"));
            machine.execute("stop", Map.of());
            return machine.events().stream().anyMatch(event -> event.name().equals("STOP"));
        }
    }
}
