package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.internal.guest.Firmware;
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
    IGNORES_POWERDOWN,

    /** Shuts down, by ACPI's state S5: SHUTDOWN with the reason {@code guest-shutdown}. */
    POWERS_OFF,

    /** Sleeps, by ACPI's state S3: SUSPEND. */
    SUSPENDS,

    /** Reboots, by the reset control register: RESET with the reason {@code guest-reset}. */
    REBOOTS,

    /** Panics: GUEST_PANICKED. Needs {@code -device pvpanic}. */
    PANICS,

    /** Lets its watchdog expire, and ignores the power button from then on: WATCHDOG. Needs {@code -device ib700}. */
    HANGS,

    /**
     * Ignores the power button, and releases PCI devices as soon as {@code device_del} asks for it: DEVICE_DELETED.
     */
    RELEASES_DEVICES;

    private static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("qmp.test.patience", 20));

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
            return Files.write(file, Firmware.valueOf(name()).image());
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
