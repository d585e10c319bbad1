package io.github.qmpreactive.test.internal.protocol;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The arguments of {@code qmp_capabilities}, as QEMU checks them. */
public final class Negotiation {

    private static final Set<String> KNOWN = Set.of("oob");

    private Negotiation() {}

    /**
     * Says what is wrong with the arguments.
     *
     * @param arguments the arguments
     * @param offered the capabilities that the greeting offered
     * @return the description of a GenericError; null if nothing is wrong
     */
    public static @Nullable String problemOf(JsonNode arguments, Set<String> offered) {
        JsonNode enable = arguments.path("enable");
        if (!enable.isMissingNode() && !enable.isArray()) {
            return "Invalid parameter type for 'enable', expected: array";
        }
        int index = 0;
        for (JsonNode capability : enable) {
            if (!capability.isString()) {
                return "Invalid parameter type for 'enable[" + index + "]', expected: string";
            }
            if (!KNOWN.contains(capability.stringValue()) && !offered.contains(capability.stringValue())) {
                return "Parameter 'null' does not accept value '" + capability.stringValue() + "'";
            }
            index++;
        }
        for (Map.Entry<String, JsonNode> member : arguments.properties()) {
            if (!member.getKey().equals("enable")) {
                return "Parameter '" + member.getKey() + "' is unexpected";
            }
        }
        for (JsonNode capability : enable) {
            if (!offered.contains(capability.stringValue())) {
                return "Capability '" + capability.stringValue() + "' not available";
            }
        }
        return null;
    }

    /**
     * The capabilities that the arguments ask for.
     *
     * @param arguments the arguments, found right
     * @return their names
     */
    public static Set<String> enabled(JsonNode arguments) {
        Set<String> names = new LinkedHashSet<>();
        arguments.path("enable").forEach(capability -> names.add(capability.asString("")));
        return names;
    }
}
