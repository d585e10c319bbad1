package io.github.qmpreactive.test.internal.protocol;

import io.github.qmpreactive.test.internal.schema.HiddenTypes;
import io.github.qmpreactive.test.internal.schema.InputVisitor;
import io.github.qmpreactive.test.internal.schema.Problem;
import io.github.qmpreactive.test.internal.schema.SchemaModel;
import io.github.qmpreactive.test.internal.schema.SchemaType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The arguments of {@code qmp_capabilities}, as QEMU checks them. */
public final class Negotiation {

    private static final Set<String> KNOWN = Set.of("oob");
    private static final String ENABLE = "enable";
    private static final String ARGUMENTS = "arguments";
    private static final String LIST = "[capability]";
    private static final String CAPABILITY = "capability";

    private Negotiation() {}

    /**
     * Says what is wrong with the arguments.
     *
     * @return the description of a GenericError; null if nothing is wrong
     */
    public static @Nullable String problemOf(JsonNode arguments, Set<String> offered) {
        Set<String> known = new TreeSet<>(KNOWN);
        known.addAll(offered);
        Problem problem = new InputVisitor(schema(known), HiddenTypes.NONE).visit(ARGUMENTS, arguments);
        if (problem != null) {
            return problem.inQemusWords();
        }
        for (JsonNode capability : arguments.path(ENABLE)) {
            if (!offered.contains(capability.stringValue())) {
                return "Capability '" + capability.stringValue() + "' not available";
            }
        }
        return null;
    }

    private static SchemaModel schema(Set<String> capabilities) {
        SchemaType.Member enable = new SchemaType.Member(ENABLE, LIST, true);
        return new SchemaModel(
                Map.of(
                        ARGUMENTS, new SchemaType.Struct(ARGUMENTS, Map.of(ENABLE, enable), null, Map.of()),
                        LIST, new SchemaType.Array(LIST, CAPABILITY),
                        CAPABILITY, new SchemaType.Enumeration(CAPABILITY, List.copyOf(capabilities))),
                Map.of(),
                Map.of());
    }

    /** The capabilities that the arguments ask for. */
    public static Set<String> enabled(JsonNode arguments) {
        Set<String> names = new LinkedHashSet<>();
        arguments.path(ENABLE).forEach(capability -> names.add(capability.asString("")));
        return names;
    }
}
