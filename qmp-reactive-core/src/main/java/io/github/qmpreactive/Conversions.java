package io.github.qmpreactive;

import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.internal.commands.ResultTypes;
import io.github.qmpreactive.message.QmpCommand;
import java.lang.reflect.Type;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Converts to and from the classes of a session's users. */
final class Conversions {

    /** What is promised, whichever defaults Jackson's version has: they have changed. */
    private static final JsonMapper PLAIN_MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Supplier<String> session;
    private final @Nullable JsonMapper mapper;

    Conversions(Supplier<String> session, @Nullable JsonMapper mapper) {
        this.session = session;
        this.mapper = mapper;
    }

    /** A command without arguments. */
    QmpCommand command(String name) {
        return encoded(() -> QmpCommand.of(name));
    }

    /** A command with arguments of a user's class. */
    QmpCommand command(String name, Object arguments) {
        return encoded(() -> {
            QmpCommand command = QmpCommand.of(name);
            return mapper == null ? command.arguments(arguments) : command.arguments(arguments, mapper);
        });
    }

    private QmpCommand encoded(Supplier<QmpCommand> command) {
        try {
            return command.get();
        } catch (IllegalArgumentException e) {
            throw new EncodeError("[" + session.get() + "] " + e.getMessage(), e);
        }
    }

    /** What a command returned, as a user's class. */
    <T> Mono<T> convert(QmpCommand command, Mono<JsonNode> returned, Type type) {
        JsonMapper converter = mapper == null ? PLAIN_MAPPER : mapper;
        JavaType target = converter.constructType(type);
        return returned.map(result -> {
            T value;
            try {
                value = converter.treeToValue(result, target);
            } catch (JacksonException e) {
                throw misfit(command, target, result, e.getOriginalMessage(), e);
            } catch (StackOverflowError e) {
                throw misfit(command, target, result, "the stack overflowed", e);
            } catch (VirtualMachineError e) {
                throw e;
            } catch (Throwable e) {
                // A user's class may throw anything, errors of linkage included.
                throw misfit(command, target, result, e.toString(), e);
            }
            if (value == null) {
                throw misfit(command, target, result, "it is null", null);
            }
            return value;
        });
    }

    private ResultTypeError misfit(
            QmpCommand command, JavaType type, JsonNode result, String why, @Nullable Throwable cause) {
        return ResultTypes.error(session.get(), command, type.toCanonical(), result, why, cause);
    }
}
