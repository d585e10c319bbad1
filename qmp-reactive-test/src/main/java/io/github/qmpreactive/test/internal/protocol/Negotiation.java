package io.github.qmpreactive.test.internal.protocol;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The arguments of {@code qmp_capabilities}. */
public final class Negotiation {

    private static final String OOB = "oob";

    private Negotiation() {}

    /**
     * Says what is wrong with the capabilities that are asked for.
     *
     * @return the description of a GenericError, as QEMU words it; null if nothing is wrong
     */
    public static @Nullable String problemOf(JsonNode arguments, Set<String> offered) {
        for (String name : enabled(arguments)) {
            if (!offered.contains(name)) {
                return name.equals(OOB)
                        ? "Capability '" + name + "' not available"
                        : "Parameter 'null' does not accept value '" + name + "'";
            }
        }
        return null;
    }

    public static Set<String> enabled(JsonNode arguments) {
        Set<String> names = new LinkedHashSet<>();
        arguments.path("enable").forEach(capability -> names.add(capability.asString("")));
        return names;
    }
}
