package io.github.qmpreactive.declare;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/** An interface of the application, read and validated. Immutable. */
final class DeclaredInterface {

    /** Kept by the class itself, so that it goes with its class loader. */
    private static final ClassValue<DeclaredInterface> READ = new ClassValue<>() {
        @Override
        protected DeclaredInterface computeValue(Class<?> type) {
            return new DeclaredInterface(type);
        }
    };

    private final Map<Method, DeclaredCommand> commands = new HashMap<>();
    private final Map<Method, MethodHandle> bodies = new HashMap<>();
    private final JsonMapper mapper = Mappers.builder().build();

    private DeclaredInterface(Class<?> type) {
        if (!type.isInterface() || type.isAnnotation()) {
            throw new IllegalArgumentException(type.getName() + " is no interface");
        }
        if (type.getTypeParameters().length > 0) {
            throw new IllegalArgumentException(
                    type.getName() + " has a type parameter; extend it by an interface that says what it is");
        }
        JavaType declaring = mapper.constructType(type);
        Set<String> problems = new TreeSet<>();
        for (Method method : type.getMethods()) {
            try {
                if (isDeclared(method)) {
                    commands.put(method, DeclaredCommand.of(method, declaring, mapper));
                } else if (method.isDefault()) {
                    bodies.put(method, body(method));
                }
            } catch (IllegalArgumentException e) {
                problems.add(method.getName() + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    type.getName() + " does not declare commands: " + String.join("; ", problems));
        }
    }

    /**
     * Reads an interface, the first time that it is asked for.
     *
     * @throws IllegalArgumentException if a method declares no command; names all of these
     */
    static DeclaredInterface of(Class<?> type) {
        return READ.get(type);
    }

    private static boolean isDeclared(Method method) {
        if (Modifier.isAbstract(method.getModifiers())) {
            return !isOfObject(method);
        }
        if (method.isAnnotationPresent(Execute.class) && !method.isBridge()) {
            throw new IllegalArgumentException(
                    "it has @Execute and a body, which would not be called; remove one of them");
        }
        return false;
    }

    /** InvocationHandler.invokeDefault would not do: it calls none of an interface that is not public. */
    private static MethodHandle body(Method method) {
        Class<?> declaring = method.getDeclaringClass();
        try {
            return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
                    .unreflectSpecial(method, declaring);
        } catch (IllegalAccessException e) {
            throw new IllegalArgumentException(
                    "it cannot be called; open " + declaring.getPackageName() + " to the module of qmp-reactive", e);
        }
    }

    /** An interface may declare what every object has. */
    private static boolean isOfObject(Method method) {
        try {
            Object.class.getMethod(method.getName(), method.getParameterTypes());
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    /** Of default methods, by method: each takes the implementation first. */
    Map<Method, MethodHandle> bodies() {
        return bodies;
    }

    /** By method. */
    Map<Method, DeclaredCommand> commands() {
        return commands;
    }

    /** The default one, of this interface alone. */
    JsonMapper mapper() {
        return mapper;
    }
}
