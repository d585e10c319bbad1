package io.github.qmpreactive.declare;

import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the methods of a declared interface do, on a session. */
final class CommandCalls implements InvocationHandler {

    private static final Object[] NONE = {};

    private final Class<?> type;
    private final Supplier<String> name;
    private final Mono<CommandTarget> targets;
    private final DeclaredInterface declared;
    private final JsonMapper mapper;

    /**
     * The methods of an interface.
     *
     * @param type the interface
     * @param name of the session, for those who look at it
     * @param targets emits what executes a command, anew for each
     * @param declared the interface as it was read
     * @param mapper converts arguments and results
     */
    CommandCalls(
            Class<?> type,
            Supplier<String> name,
            Mono<CommandTarget> targets,
            DeclaredInterface declared,
            JsonMapper mapper) {
        this.type = type;
        this.name = name;
        this.targets = targets;
        this.declared = declared;
        this.mapper = mapper;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object[] values = arguments == null ? NONE : arguments;
        DeclaredCommand command = declared.commands().get(method);
        if (command != null) {
            return call(command, values);
        }
        MethodHandle body = declared.bodies().get(method);
        if (body != null) {
            return body.bindTo(proxy).invokeWithArguments(values);
        }
        return switch (method.getName()) {
            case "equals" -> proxy == values[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> type.getSimpleName() + "[" + name.get() + "]";
        };
    }

    private Publisher<?> call(DeclaredCommand declared, @Nullable Object[] values) {
        return switch (declared.shape()) {
            case NOTHING -> targets.flatMap(target -> nothing(target, declared, values));
            case VALUE -> targets.flatMap(target -> result(target, declared, values));
            case ELEMENTS ->
                targets.flatMap(target -> result(target, declared, values)).flatMapIterable(Results::elements);
        };
    }

    private Mono<Void> nothing(CommandTarget target, DeclaredCommand declared, @Nullable Object[] values) {
        QmpCommand command = command(target, declared, values);
        return declared.withoutReply()
                ? target.executeWithoutReply(command)
                : execute(target, declared, values, command).then();
    }

    private Mono<Object> result(CommandTarget target, DeclaredCommand declared, @Nullable Object[] values) {
        QmpCommand command = command(target, declared, values);
        return execute(target, declared, values, command)
                .map(result -> Results.convert(target.name(), command, result, declared.result(), mapper));
    }

    private QmpCommand command(CommandTarget target, DeclaredCommand declared, @Nullable Object[] values) {
        try {
            return declared.with(values, mapper);
        } catch (IllegalArgumentException e) {
            throw new EncodeError("[" + target.name() + "] " + e.getMessage(), e);
        }
    }

    private Mono<JsonNode> execute(
            CommandTarget target, DeclaredCommand declared, @Nullable Object[] values, QmpCommand command) {
        Mono<JsonNode> work = target.execute(command);
        if (!declared.passesDescriptors()) {
            return work;
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof FdSource fd) {
                String name = command.arguments()
                        .path(declared.parameters().get(i).name())
                        .asString();
                work = passing(target, name, fd, work);
            }
        }
        return work;
    }

    /** QEMU takes the descriptor when it succeeds; what it has not taken is closed. */
    private Mono<JsonNode> passing(CommandTarget target, String name, FdSource fd, Mono<JsonNode> work) {
        Mono<Void> close = target.execute(QmpCommand.of("closefd").arguments(Map.of("fdname", name)))
                .onErrorComplete()
                .then();
        return Mono.usingWhen(
                target.getFd(name, fd).thenReturn(name),
                passed -> work,
                passed -> Mono.empty(),
                (passed, failure) -> close,
                passed -> close);
    }
}
