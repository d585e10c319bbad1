package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.internal.process.Firmware;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A guest for a real QEMU that needs no operating system and no disk: some 150 bytes of firmware, which run within
 * milliseconds of the start. It sleeps until the power button is pressed ({@code system_powerdown}), and then does what
 * its constant says. If the machine still runs after that, it waits for the button again. For QEMU's pc machine.
 */
public enum TinyGuest {
    /** Ignores the power button. */
    IGNORES_POWERDOWN("", ""),

    /** Shuts down, by ACPI's state S5: SHUTDOWN with the reason {@code guest-shutdown}. */
    POWERS_OFF("ba 04 06 b8 00 20 ef  out ACPI control, sleep in state 5", ""),

    /** Sleeps, by ACPI's state S3: SUSPEND. */
    SUSPENDS("ba 04 06 b8 00 24 ef  out ACPI control, sleep in state 3", ""),

    /** Reboots, by the reset control register: RESET with the reason {@code guest-reset}. */
    REBOOTS("ba f9 0c b0 06 ee     out reset control, 6", ""),

    /** Panics: GUEST_PANICKED. Needs {@code -device pvpanic}. */
    PANICS("ba 05 05 b0 01 ee     out pvpanic, 1", ""),

    /** Lets its watchdog expire, and ignores the power button from then on: WATCHDOG. Needs {@code -device ib700}. */
    HANGS("""
            ba 02 06 b8 00 00 ef  out ACPI enable, 0
            ba 43 04 b0 0f ee     out watchdog, 15
            """, ""),

    /**
     * Ignores the power button, and releases PCI devices as soon as {@code device_del} asks for it: DEVICE_DELETED.
     */
    RELEASES_DEVICES("", """
            ba 04 ae 66 ed        in eax, PCI devices to go
            66 85 c0              test eax, eax
            74 05                 jz over the next
            ba 08 ae 66 ef        out PCI eject, eax
            """);

    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 20));

    private final String action;
    private final String always;

    TinyGuest(String action, String always) {
        this.action = action;
        this.always = always;
    }

    /**
     * Writes the firmware into a file, for {@code -bios}. {@link QemuLauncher#withGuest} does that by itself.
     *
     * @param file the file; its folder is made if it is not there
     * @return the file
     * @throws UncheckedIOException if it cannot be written
     */
    public Path writeTo(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, Firmware.image(action, always));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until a guest of this kind has started and reacts to the power button; blocks, 20 s at most, or what the system
     * property {@code qmp.test.patience} says. The guest
     * ignores the button until then, as any guest that has not booted yet.
     *
     * @param address of a monitor that no client is connected to
     * @param boots how often it must have started: 1 if the machine has not been reset
     * @throws IllegalStateException if it has not started by then
     */
    public static void awaitBoot(String address, int boots) {
        Map<String, String> look = Map.of("command-line", "xp /1xb " + Firmware.BOOTS);
        QmpClient.create()
                .address(address)
                .withSession(session -> session.execute("human-monitor-command", look)
                        .map(text -> text.asString().strip())
                        .map(text -> Integer.decode(text.substring(text.lastIndexOf(' ') + 1)))
                        .repeatWhen(again -> again.delayElements(Duration.ofMillis(5)))
                        .filter(count -> count >= boots)
                        .next())
                .blockLast(PATIENCE);
    }
}
