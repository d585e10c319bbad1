package io.github.qmpreactive.declare;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Turns the arguments of a call into JSON. */
final class ArgumentValues {

    private ArgumentValues() {}

    /**
     * Adds an argument, unless it is an empty Optional.
     *
     * @throws IllegalArgumentException if it cannot be turned into JSON
     */
    static void put(ObjectNode arguments, String command, String name, Object value, JsonMapper mapper) {
        if (value instanceof JsonNode json) {
            arguments.set(name, json);
            return;
        }
        JsonNode json;
        try {
            json = mapper.valueToTree(value);
        } catch (JacksonException e) {
            throw refused(command, name, value, e.getOriginalMessage(), e);
        } catch (StackOverflowError e) {
            throw refused(command, name, value, e.toString(), e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            // A serializer of the application may throw anything, errors of linkage included.
            throw refused(command, name, value, e.toString(), e);
        }
        if (!json.isNull()) {
            arguments.set(name, json);
        }
    }

    private static IllegalArgumentException refused(
            String command, String name, Object value, String why, Throwable cause) {
        return new IllegalArgumentException(
                "The argument " + name + " of " + command + " cannot be turned into JSON: "
                        + value.getClass().getName() + ", " + why,
                cause);
    }
}
