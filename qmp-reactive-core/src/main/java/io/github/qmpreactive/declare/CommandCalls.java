package io.github.qmpreactive.declare;

import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the methods of a declared interface do, on one session. */
final class CommandCalls implements InvocationHandler {

    private static final Object[] NONE = {};

    private final Class<?> type;
    private final CommandTarget target;
    private final Map<Method, DeclaredCommand> commands;
    private final JsonMapper mapper;

    CommandCalls(Class<?> type, CommandTarget target, Map<Method, DeclaredCommand> commands, JsonMapper mapper) {
        this.type = type;
        this.target = target;
        this.commands = commands;
        this.mapper = mapper;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object[] values = arguments == null ? NONE : arguments;
        DeclaredCommand declared = commands.get(method);
        if (declared != null) {
            return call(declared, values);
        }
        if (method.isDefault()) {
            // Of an interface that is not public: fails where its module is not open, and then so does the call.
            method.trySetAccessible();
            return InvocationHandler.invokeDefault(proxy, method, values);
        }
        return switch (method.getName()) {
            case "equals" -> proxy == values[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> type.getSimpleName() + "[" + target.name() + "]";
        };
    }

    private Publisher<?> call(DeclaredCommand declared, @Nullable Object[] values) {
        return switch (declared.shape()) {
            case NOTHING ->
                declared.withoutReply()
                        ? Mono.defer(() -> target.executeWithoutReply(command(declared, values)))
                        : Mono.defer(() -> execute(declared, values, command(declared, values))
                                .then());
            case VALUE -> result(declared, values);
            case ELEMENTS -> result(declared, values).flatMapIterable(Results::elements);
        };
    }

    private Mono<Object> result(DeclaredCommand declared, @Nullable Object[] values) {
        return Mono.defer(() -> {
            QmpCommand command = command(declared, values);
            return execute(declared, values, command)
                    .map(result -> Results.convert(target.name(), command, result, declared.result(), mapper));
        });
    }

    private QmpCommand command(DeclaredCommand declared, @Nullable Object[] values) {
        try {
            return declared.with(values, mapper);
        } catch (IllegalArgumentException e) {
            throw new EncodeError("[" + target.name() + "] " + e.getMessage(), e);
        }
    }

    private Mono<JsonNode> execute(DeclaredCommand declared, @Nullable Object[] values, QmpCommand command) {
        Mono<JsonNode> work = target.execute(command);
        if (!declared.passesDescriptors()) {
            return work;
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof FdSource fd) {
                String name = command.arguments()
                        .path(declared.parameters().get(i).name())
                        .asString();
                work = passing(name, fd, work);
            }
        }
        return work;
    }

    /** QEMU takes the descriptor when it succeeds; what it has not taken is closed. */
    private Mono<JsonNode> passing(String name, FdSource fd, Mono<JsonNode> work) {
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
