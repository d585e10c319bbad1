package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.schema.QmpSchema;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Wrong commands, drawn from a schema by a seed. */
final class WrongCommands {

    /**
     * One of them.
     *
     * @param mistake what is wrong with it
     * @param command the command
     */
    record Wrong(String mistake, QmpCommand command) {}

    /**
     * Takes its arguments apart by itself, which introspection does not tell, and refuses them in words that depend on the
     * devices there are; what is known about it is tested by itself.
     */
    static final Set<String> LEFT_OUT = Set.of("device_add");

    private static final int UNKNOWN_COMMANDS = 10;

    /** The longest of some is taken: most commands have few arguments or none. */
    private static final int DRAWS = 4;

    private final SchemaCheck schema;
    private final QmpSchema model;
    private final List<String> commands;
    private final Random random;
    private final RandomValues values;

    WrongCommands(SchemaCheck schema, long seed) {
        this.schema = schema;
        this.model = schema.schema();
        this.commands = model.commands().stream()
                .filter(c -> !LEFT_OUT.contains(c))
                .sorted()
                .toList();
        this.random = new Random(seed);
        this.values = new RandomValues(model, random);
    }

    /** A number of each kind of mistake, and some commands that there are not. */
    List<Wrong> draw(int ofEach) {
        Set<Wrong> drawn = new LinkedHashSet<>();
        for (Mutation mutation : Mutation.values()) {
            int size = drawn.size() + ofEach;
            while (drawn.size() < size) {
                drawOne(mutation, drawn);
            }
        }
        for (int i = 0; i < UNKNOWN_COMMANDS; i++) {
            String name = values.any(commands);
            String wrong = random.nextBoolean() ? name.substring(1) : name.replace('-', '_') + "x";
            drawn.add(new Wrong("UNKNOWN_COMMAND", QmpCommand.of(wrong).arguments(values.arguments(name))));
        }
        return new ArrayList<>(drawn);
    }

    /** Does not add what has become no mistake: the member was of any type, or the other variant has the same members. */
    private void drawOne(Mutation mutation, Set<Wrong> drawn) {
        String name = "";
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < DRAWS; i++) {
            String other = values.any(commands);
            ObjectNode others = values.arguments(other);
            if (name.isEmpty()
                    || others.toString().length() > arguments.toString().length()) {
                name = other;
                arguments = others;
            }
        }
        if (schema.refusalOf(name, arguments, false).isPresent()) {
            throw new AssertionError("The arguments were to be right: " + name + " " + arguments);
        }
        if (mutation.apply(TypedValues.of(model, name, arguments), random)) {
            QmpCommand command = QmpCommand.of(name).arguments(arguments);
            if (schema.refusalOf(command).isPresent()) {
                drawn.add(new Wrong(mutation.name(), command));
            }
        }
    }
}
