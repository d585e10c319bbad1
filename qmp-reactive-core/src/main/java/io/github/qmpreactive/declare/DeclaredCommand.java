package io.github.qmpreactive.declare;

import io.github.qmpreactive.declare.DeclaredParameter.Role;
import io.github.qmpreactive.message.QmpCommand;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.TypeBindings;

/**
 * A method of a declared interface: the command that it stands for. Immutable.
 *
 * @param method the name of the method
 * @param command the command, without its arguments
 * @param withoutReply whether a guest agent sends no reply to it when it succeeds
 * @param parameters what the arguments are made of
 * @param shape what the method returns
 * @param result what is converted: the whole result, also where its elements are emitted
 */
record DeclaredCommand(
        String method,
        QmpCommand command,
        boolean withoutReply,
        List<DeclaredParameter> parameters,
        Shape shape,
        JavaType result) {

    /** Names of descriptors: no two that are on their way have the same. */
    private static final AtomicLong DESCRIPTORS = new AtomicLong();

    /** What a method returns. */
    enum Shape {
        /** {@code Mono<Void>}. */
        NOTHING,
        /** {@code Mono} of what the command returned. */
        VALUE,
        /** {@code Flux} of the elements of the list that the command returned. */
        ELEMENTS
    }

    /**
     * Reads a method.
     *
     * @throws IllegalArgumentException if it declares no command; says why
     */
    static DeclaredCommand of(Method method, JavaType declaring, JsonMapper mapper) {
        Execute execute = method.getAnnotation(Execute.class);
        if (execute == null) {
            throw new IllegalArgumentException("it has no @Execute, and is no default method");
        }
        if (method.getTypeParameters().length > 0) {
            throw new IllegalArgumentException("it has a type parameter, so that what it returns is not known");
        }
        TypeBindings bindings =
                declaring.findSuperType(method.getDeclaringClass()).getBindings();
        Function<Type, JavaType> resolve = type -> mapper.getTypeFactory().resolveMemberType(type, bindings);
        JavaType returned = resolve.apply(method.getGenericReturnType());
        Shape shape = shape(returned);
        if (execute.withoutReply() && shape != Shape.NOTHING) {
            throw new IllegalArgumentException("it is withoutReply, so that it has to return Mono<Void>");
        }
        JavaType element = returned.containedTypeOrUnknown(0);
        JavaType result = shape == Shape.ELEMENTS
                ? mapper.getTypeFactory().constructCollectionType(ArrayList.class, element)
                : element;
        return new DeclaredCommand(
                method.getName(), command(execute), execute.withoutReply(), parameters(method, resolve), shape, result);
    }

    private static Shape shape(JavaType returned) {
        boolean isFlux = returned.hasRawClass(Flux.class);
        boolean isVoid = returned.containedTypeOrUnknown(0).hasRawClass(Void.class);
        if (returned.containedTypeCount() != 1 || (isFlux && isVoid) || !(isFlux || returned.hasRawClass(Mono.class))) {
            throw new IllegalArgumentException("it returns " + returned.toCanonical()
                    + "; declare Mono<T>, Flux<T> for the elements of a list, or Mono<Void>");
        }
        return isFlux ? Shape.ELEMENTS : isVoid ? Shape.NOTHING : Shape.VALUE;
    }

    private static QmpCommand command(Execute execute) {
        QmpCommand command = QmpCommand.of(execute.value());
        if (execute.oob()) {
            command = command.oob();
        }
        if (execute.timeout().isEmpty()) {
            return command;
        }
        try {
            Duration limit = Duration.parse(execute.timeout());
            return command.timeout(limit);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "its timeout \"" + execute.timeout() + "\" is no duration; write \"PT30S\" for 30 seconds", e);
        }
    }

    private static List<DeclaredParameter> parameters(Method method, Function<Type, JavaType> resolve) {
        List<DeclaredParameter> parameters = new ArrayList<>();
        Set<Role> roles = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Parameter parameter : method.getParameters()) {
            DeclaredParameter read = DeclaredParameter.of(parameter, resolve.apply(parameter.getParameterizedType()));
            boolean isNew = read.name().isEmpty() ? roles.add(read.role()) : names.add(read.name());
            if (!isNew) {
                throw new IllegalArgumentException("it has two parameters for "
                        + (read.name().isEmpty() ? read.role().text : "the argument " + read.name()));
            }
            parameters.add(read);
        }
        if (roles.contains(Role.ARGUMENTS) && !names.isEmpty()) {
            throw new IllegalArgumentException("@Arguments are all arguments, and it has others beside them: " + names);
        }
        return List.copyOf(parameters);
    }

    /**
     * The command with the arguments of a call. Those that are null or an empty Optional are left out.
     *
     * @throws IllegalArgumentException if they cannot be turned into JSON
     */
    QmpCommand with(@Nullable Object[] values, JsonMapper mapper) {
        if (values.length == 0) {
            return command;
        }
        QmpCommand made = command;
        ObjectNode arguments = mapper.createObjectNode();
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value == null) {
                continue;
            }
            DeclaredParameter parameter = parameters.get(i);
            switch (parameter.role()) {
                case TIMEOUT -> made = made.timeout((Duration) value);
                case ARGUMENTS -> made = made.arguments(value, mapper);
                case DESCRIPTOR -> arguments.put(parameter.name(), "qmp-reactive-" + DESCRIPTORS.incrementAndGet());
                default -> ArgumentValues.put(arguments, command.name(), parameter.name(), value, mapper);
            }
        }
        return arguments.isEmpty() ? made : made.arguments(arguments);
    }

    boolean passesDescriptors() {
        return parameters.stream().anyMatch(parameter -> parameter.role() == Role.DESCRIPTOR);
    }
}
