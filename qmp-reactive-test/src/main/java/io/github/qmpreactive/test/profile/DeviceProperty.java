package io.github.qmpreactive.test.profile;

import java.util.Map;
import java.util.Optional;

/**
 * A property of a device driver. Immutable.
 *
 * @param name its name
 * @param kind what values it takes
 * @param owner the type that QEMU's errors call its owner
 */
public record DeviceProperty(String name, PropertyKind kind, String owner) {

    /** Of the table: the name, an equals sign, the number of a kind; behind an at sign the owner if that is not the driver. */
    static DeviceProperty parse(String column, String driver, Map<String, PropertyKind> kinds) {
        int end = column.lastIndexOf('=');
        String[] kindAndOwner = column.substring(end + 1).split("@", 2);
        PropertyKind kind = kinds.get(kindAndOwner[0]);
        if (kind == null) {
            throw new IllegalArgumentException("Unknown kind of a property: " + driver + ", " + column);
        }
        return new DeviceProperty(column.substring(0, end), kind, kindAndOwner.length > 1 ? kindAndOwner[1] : driver);
    }

    /**
     * Returns QEMU's error text for a value that the property does not take.
     *
     * @param what what the value is, as {@link PropertyKind#refusals()} has it
     * @param value the value as text
     * @return the text; empty if QEMU takes such values
     */
    public Optional<String> refusal(String what, String value) {
        return Optional.ofNullable(kind.refusals().get(what)).map(refusal -> refusal.replace("{name}", name)
                .replace("{owner}", owner)
                .replace("{value}", value));
    }
}
