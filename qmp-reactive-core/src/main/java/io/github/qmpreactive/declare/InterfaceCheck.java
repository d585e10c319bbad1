package io.github.qmpreactive.declare;

import io.github.qmpreactive.declare.CommandFinding.Kind;
import io.github.qmpreactive.declare.DeclaredCommand.Shape;
import io.github.qmpreactive.declare.JavaTypes.Property;
import io.github.qmpreactive.schema.ObjectType;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.schema.SchemaCommand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** Holds the methods of a declared interface against a schema. */
final class InterfaceCheck {

    private final QmpSchema schema;
    private final JsonMapper mapper;
    private final JavaTypes sent;
    private final JavaTypes read;

    InterfaceCheck(QmpSchema schema, JsonMapper mapper) {
        this.schema = schema;
        this.mapper = mapper;
        this.sent = new JavaTypes(mapper, true);
        this.read = new JavaTypes(mapper, false);
    }

    /** By name of the method. */
    List<CommandFinding> findings(DeclaredInterface declared) {
        return declared.commands().values().stream()
                .sorted(Comparator.comparing(DeclaredCommand::method))
                .flatMap(command -> findings(command).all().stream())
                .toList();
    }

    private Findings findings(DeclaredCommand declared) {
        Findings findings = new Findings(declared);
        Optional<SchemaCommand> known = schema.command(declared.command().name());
        if (known.isEmpty()) {
            findings.add(Kind.UNKNOWN_COMMAND, "", "QEMU does not have the command");
            return findings;
        }
        SchemaCommand command = known.get();
        if (declared.command().isOob() && !command.allowsOob()) {
            findings.add(Kind.NOT_OOB, "", "QEMU does not execute the command out of band");
        }
        findings.note(command.features(), "", "the command");
        arguments(declared, command.arguments(), findings);
        if (declared.shape() != Shape.NOTHING) {
            new TypeCheck(read, findings).check("", declared.result(), command.result());
        }
        return findings;
    }

    private void arguments(DeclaredCommand declared, ObjectType arguments, Findings findings) {
        TypeCheck check = new TypeCheck(sent, findings);
        List<Property> properties = new ArrayList<>();
        for (DeclaredParameter parameter : declared.parameters()) {
            switch (parameter.role()) {
                case ARGUMENTS -> {
                    all(parameter.type(), declared, arguments, check);
                    return;
                }
                case ARGUMENT -> properties.add(new Property(Set.of(parameter.name()), parameter.type()));
                case DESCRIPTOR ->
                    properties.add(new Property(Set.of(parameter.name()), mapper.constructType(String.class)));
                case TIMEOUT -> {}
            }
        }
        members(properties, declared, arguments, check);
    }

    private void all(JavaType type, DeclaredCommand declared, ObjectType arguments, TypeCheck check) {
        if (sent.kindOf(type) == JavaTypes.Kind.OBJECT) {
            members(sent.properties(type), declared, arguments, check);
        } else {
            check.check("", type, arguments);
        }
    }

    private static void members(
            Collection<Property> properties, DeclaredCommand declared, ObjectType arguments, TypeCheck check) {
        check.members(
                "",
                properties,
                arguments,
                check.everyVariant(arguments),
                isOpen(declared.command().name(), arguments));
    }

    /** Whether it takes the properties of a device or an object, too, which the schema does not list. */
    private static boolean isOpen(String command, ObjectType arguments) {
        return switch (command) {
            case "device_add" -> true;
            // Before QEMU 6.0.
            case "object-add" -> arguments.variants().isEmpty();
            default -> false;
        };
    }
}
