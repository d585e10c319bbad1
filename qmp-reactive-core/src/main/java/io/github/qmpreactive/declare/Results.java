package io.github.qmpreactive.declare;

import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.internal.operation.Misfits;
import io.github.qmpreactive.message.QmpCommand;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Converts what a command returned to what its method declares. */
final class Results {

    private Results() {}

    /**
     * The value.
     *
     * @throws ResultTypeError if the result does not fit the type; names the member
     */
    static Object convert(String session, QmpCommand command, JsonNode result, JavaType type, JsonMapper mapper) {
        if (type.hasRawClass(JsonNode.class)) {
            return result;
        }
        Object value;
        try {
            value = mapper.treeToValue(result, type);
        } catch (JacksonException e) {
            throw misfit(session, command, result, type, at(result, e.getPath()) + e.getOriginalMessage(), e);
        } catch (StackOverflowError e) {
            throw misfit(session, command, result, type, "the stack overflowed", e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            // A class of the application may throw anything, errors of linkage included.
            throw misfit(session, command, result, type, e.toString(), e);
        }
        if (value == null) {
            throw misfit(
                    session, command, result, type, "it is null, or a branch of a union that is not declared", null);
        }
        return value;
    }

    /** The elements of a list that was converted, without branches of unions that are not declared. */
    static List<?> elements(Object list) {
        return ((List<?>) list).stream().filter(Objects::nonNull).toList();
    }

    private static ResultTypeError misfit(
            String session, QmpCommand command, JsonNode result, JavaType type, String why, @Nullable Throwable cause) {
        return Misfits.error(session, command, type.toCanonical(), result, why, cause);
    }

    /** Which member does not fit, and its value. */
    private static String at(JsonNode result, List<JacksonException.Reference> path) {
        StringBuilder name = new StringBuilder();
        JsonNode value = result;
        for (JacksonException.Reference step : path) {
            String member = step.getPropertyName();
            if (member == null) {
                name.append('[').append(step.getIndex()).append(']');
                value = value.path(step.getIndex());
            } else {
                name.append(name.isEmpty() ? "" : ".").append(member);
                JsonNode kebab = value.path(member);
                value = kebab.isMissingNode() ? value.path(QapiNames.snake(member)) : kebab;
            }
        }
        return name.isEmpty() ? "" : name + " is " + Misfits.text(value) + ": ";
    }
}
