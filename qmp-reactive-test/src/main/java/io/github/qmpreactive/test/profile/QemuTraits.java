package io.github.qmpreactive.test.profile;

import io.github.qmpreactive.message.QemuVersion;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/**
 * What changed between versions of QEMU and no schema tells. Immutable.
 *
 * @param version the version that was looked at
 * @param parsesIncrementally whether QEMU reports a JSON syntax error at once and with its position ({@code 1:28: JSON parse
 *     error, stray '@'}); otherwise it reports it at the end of the value, without a position
 * @param deviceAddIsTyped whether {@code device_add} refuses a property whose JSON type is wrong; otherwise it takes numbers
 *     and booleans for strings, and ignores other values
 * @param deviceIdRefusal QEMU's description of the error for a device id that is no identifier, with {@code {id}} for the id;
 *     empty if QEMU takes any id
 * @param chardevInUse QEMU's reason not to add a device with a {@code chardev} that another device has, with {@code {id}} for
 *     its id
 * @param stopsWhenSuspended whether {@code stop} stops a machine whose guest sleeps; otherwise it has no effect
 */
public record QemuTraits(
        QemuVersion version,
        boolean parsesIncrementally,
        boolean deviceAddIsTyped,
        String deviceIdRefusal,
        String chardevInUse,
        boolean stopsWhenSuspended) {

    /** Reads what {@code TraitsProbe} writes. */
    static QemuTraits parse(List<String> lines) {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(String.join("\n", lines)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int[] numbers = List.of(text(properties, "version").split("\\.")).stream()
                .mapToInt(Integer::parseInt)
                .toArray();
        return new QemuTraits(
                new QemuVersion(numbers[0], numbers[1], numbers[2], text(properties, "package")),
                flag(properties, "parses-incrementally"),
                flag(properties, "device-add-is-typed"),
                text(properties, "device-id-refusal"),
                text(properties, "chardev-in-use"),
                flag(properties, "stops-when-suspended"));
    }

    private static boolean flag(Properties properties, String name) {
        return Boolean.parseBoolean(text(properties, name));
    }

    private static String text(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("The profile has no trait '" + name + "': make it again");
        }
        return value;
    }
}
