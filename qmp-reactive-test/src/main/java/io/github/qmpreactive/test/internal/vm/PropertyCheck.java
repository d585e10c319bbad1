package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.DeviceProperty;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks the properties that a device is given, as QEMU does, up to the first that is wrong. */
final class PropertyCheck {

    /** What all objects have, and QEMU does not list. */
    private static final Set<String> UNLISTED =
            Set.of("type", "realized", "hotplugged", "hotpluggable", "parent_bus", "failover_pair_id");

    private static final Pattern INTEGER = Pattern.compile("[+-]?(0[xX][0-9a-fA-F]+|\\d+)");
    private static final Pattern SIZE = Pattern.compile("(0[xX][0-9a-fA-F]+|\\d+(\\.\\d+)?[bBkKmMgGtTpPeE]?)");
    private static final Pattern BOOL = Pattern.compile("on|off|yes|no|true|false|y|n");

    private final QemuProfile profile;
    private final Backends backends;

    /** The type of an object or a device by its id. */
    private final Function<String, @Nullable String> typeOf;

    private final boolean typed;

    PropertyCheck(QemuProfile profile, Backends backends, Function<String, @Nullable String> typeOf) {
        this.profile = profile;
        this.backends = backends;
        this.typeOf = typeOf;
        this.typed = profile.traits().deviceAddIsTyped();
    }

    /**
     * Checks the properties.
     *
     * @return the backends that the device uses, as {@link VmSettings#key}
     * @throws QmpRefusal for the first property that is wrong
     */
    Set<String> check(DeviceDriver driver, JsonNode arguments) {
        Map<String, DeviceProperty> known = profile.properties(driver);
        Set<String> used = new LinkedHashSet<>();
        if (known.isEmpty()) {
            return used;
        }
        for (Map.Entry<String, JsonNode> member : arguments.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            if (DeviceOptions.NAMES.contains(name) || (!typed && !DeviceOptions.isText(value))) {
                continue;
            }
            DeviceProperty property = known.get(name);
            if (property != null) {
                check(property, value, used);
            } else if (!UNLISTED.contains(name)) {
                throw QmpRefusal.generic("Property '" + driver.name() + "." + name + "' not found");
            }
        }
        return used;
    }

    private void check(DeviceProperty property, JsonNode value, Set<String> used) {
        String json = value.isString() ? "string" : value.isNumber() ? "number" : value.isBoolean() ? "bool" : "other";
        List<String> values = property.kind().values();
        String kind = values.get(0);
        if (json.equals("string") || (!typed && !kind.equals("text"))) {
            checkText(property, kind, DeviceOptions.text(value), used);
        } else {
            property.refusal(json, DeviceOptions.text(value)).ifPresent(PropertyCheck::refuse);
        }
    }

    private void checkText(DeviceProperty property, String kind, String text, Set<String> used) {
        boolean right =
                switch (kind) {
                    case "bool" -> !typed && BOOL.matcher(text).matches();
                    case "integer" -> !typed && INTEGER.matcher(text).matches();
                    case "size" -> !typed && SIZE.matcher(text).matches();
                    case "choice" -> property.kind().values().indexOf(text) > 0;
                    case "object" -> isObject(property, text);
                    case "blockdev" -> backends.nodes().isReadyForDevice(text);
                    case "audiodev" -> backends.has(kind, text);
                    case "netdev", "chardev" -> isFree(property, kind, text);
                    default -> true;
                };
        if (!right) {
            property.refusal("string", text).ifPresent(PropertyCheck::refuse);
        }
        if (!kind.equals("text")) {
            used.add(VmSettings.key(kind, text));
        }
    }

    private boolean isObject(DeviceProperty property, String id) {
        String type = typeOf.apply(id);
        if (type != null && property.kind().values().indexOf(type) < 1) {
            property.refusal("type", id).ifPresent(PropertyCheck::refuse);
        }
        return type != null;
    }

    private boolean isFree(DeviceProperty property, String kind, String id) {
        if (!backends.has(kind, id)) {
            return false;
        }
        if (backends.isUsed(kind, id)) {
            throw QmpRefusal.generic(
                    "Property '" + property.owner() + "." + property.name() + "' can't take value '" + id
                            + (kind.equals("netdev")
                                    ? "', it's in use"
                                    : "': " + profile.traits().chardevInUse().replace("{id}", id)));
        }
        return true;
    }

    private static void refuse(String description) {
        throw description.startsWith("Device '")
                ? new QmpRefusal("DeviceNotFound", description)
                : QmpRefusal.generic(description);
    }
}
