package io.github.qmpreactive.console;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.ArrayType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.SchemaCommand;
import io.github.qmpreactive.schema.SchemaMember;
import io.github.qmpreactive.schema.SchemaType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The arguments of a command by the machine's own schema. */
final class Arguments {

    /** It takes the properties of any device, which are not in the schema. */
    private static final String OPEN = "device_add";

    private Arguments() {}

    /** What QEMU would refuse, in words; none if the schema has nothing against it. */
    static List<String> problems(SchemaCommand command, JsonNode arguments) {
        List<String> problems = new ArrayList<>();
        object("", command.arguments(), arguments, command.name().equals(OPEN), problems);
        return problems;
    }

    /** The members that an object has, given what is in it already. */
    static Map<String, SchemaMember> members(ObjectType type, JsonNode value) {
        Map<String, SchemaMember> members = new LinkedHashMap<>(type.members());
        type.tag()
                .map(tag -> type.variants().get(value.path(tag).asString("")))
                .ifPresent(variant -> members.putAll(members(variant, value)));
        return members;
    }

    private static void check(String at, SchemaType type, JsonNode value, List<String> problems) {
        if (type instanceof BuiltinType builtin) {
            if (!fits(builtin, value)) {
                problems.add(at + " has to be of the type " + builtin.jsonType());
            }
        } else if (type instanceof EnumType one) {
            if (!one.values().contains(value.asString(""))) {
                problems.add(at + " has to be one of " + String.join(", ", one.values()));
            }
        } else if (type instanceof ArrayType array) {
            if (!value.isArray()) {
                problems.add(at + " has to be a list");
            }
            for (int i = 0; i < value.size() && value.isArray(); i++) {
                check(at + "[" + i + "]", array.element(), value.path(i), problems);
            }
        } else if (type instanceof AlternateType alternate) {
            if (alternate.branches().stream().noneMatch(branch -> isFree(at, branch, value))) {
                problems.add(at + " has none of the forms that it may have");
            }
        } else if (type instanceof ObjectType object) {
            object(at, object, value, false, problems);
        }
    }

    private static boolean isFree(String at, SchemaType type, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(at, type, value, problems);
        return problems.isEmpty();
    }

    private static void object(String at, ObjectType type, JsonNode value, boolean open, List<String> problems) {
        if (!value.isObject()) {
            problems.add(at + " has to be an object");
            return;
        }
        String prefix = at.isEmpty() ? "" : at + ".";
        Map<String, SchemaMember> members = members(type, value);
        members.values().stream()
                .filter(member -> !member.isOptional() && !value.has(member.name()))
                .forEach(member -> problems.add(prefix + member.name() + " is missing"));
        value.forEachEntry((name, of) -> {
            SchemaMember member = members.get(name);
            if (member != null) {
                check(prefix + name, member.type(), of, problems);
            } else if (!open) {
                problems.add(prefix + name + " is unknown");
            }
        });
    }

    private static boolean fits(BuiltinType type, JsonNode value) {
        return switch (type.jsonType()) {
            case "string" -> value.isString();
            case "int" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> true;
        };
    }
}
