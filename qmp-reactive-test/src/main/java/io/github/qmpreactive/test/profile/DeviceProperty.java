package io.github.qmpreactive.test.profile;

import java.util.Optional;

/**
 * A property of a device driver. Immutable.
 *
 * @param name its name
 * @param kind what values it takes
 * @param owner the type that QEMU's errors call its owner
 */
public record DeviceProperty(String name, PropertyKind kind, String owner) {

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
