package io.github.qmpreactive.internal.codec;

import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QemuVersion;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the greeting. */
public final class GreetingReader {

    private GreetingReader() {}

    /**
     * Reads the first message that is no event.
     *
     * @param prefix what the message of an error begins with
     * @param message the message
     * @return the greeting; members and capabilities that are not known are left out
     * @throws GreetingError if it is something else, or lacks what a greeting must have
     */
    public static Greeting read(String prefix, Inbound message) {
        if (!(message instanceof Inbound.Hello hello)) {
            throw error(prefix, "is not the greeting of QMP; is this a QMP monitor?", message.raw());
        }
        JsonNode raw = hello.raw();
        JsonNode version = raw.path("QMP").path("version");
        JsonNode offered = raw.path("QMP").path("capabilities");
        if (!offered.isArray()) {
            throw error(prefix, "is a greeting without the array QMP.capabilities", raw);
        }
        List<String> capabilities = new ArrayList<>();
        offered.forEach(capability -> {
            if (capability.isString()) {
                capabilities.add(capability.stringValue());
            }
        });
        JsonNode packageName = version.path("package");
        if (!packageName.isString()) {
            throw error(prefix, "is a greeting without the string QMP.version.package", raw);
        }
        return new Greeting(
                new QemuVersion(
                        number(prefix, raw, "major"),
                        number(prefix, raw, "minor"),
                        number(prefix, raw, "micro"),
                        packageName.stringValue()),
                capabilities,
                raw);
    }

    private static int number(String prefix, JsonNode raw, String member) {
        JsonNode number = raw.path("QMP").path("version").path("qemu").path(member);
        if (!number.isIntegralNumber() || !number.canConvertToInt()) {
            throw error(prefix, "is a greeting without the integer QMP.version.qemu." + member, raw);
        }
        return number.intValue();
    }

    private static GreetingError error(String prefix, String what, JsonNode raw) {
        return new GreetingError(prefix + "The first message " + what + ": " + WireText.of(raw), raw, null);
    }
}
