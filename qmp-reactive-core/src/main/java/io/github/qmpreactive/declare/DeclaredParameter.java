package io.github.qmpreactive.declare;

import io.github.qmpreactive.option.FdSource;
import java.lang.reflect.Parameter;
import java.time.Duration;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

/**
 * A parameter of a method, and what it is for.
 *
 * @param role what it is for
 * @param name the argument of that name; empty unless it is one
 * @param type its type
 */
record DeclaredParameter(Role role, String name, JavaType type) {

    /** What a parameter is for. */
    enum Role {
        /** One argument of the command. */
        ARGUMENT("an argument"),
        /** All arguments of the command. */
        ARGUMENTS("all arguments"),
        /** A descriptor that is passed before the command; its name is the argument. */
        DESCRIPTOR("a descriptor"),
        /** The limit of the call. */
        TIMEOUT("the limit");

        final String text;

        Role(String text) {
            this.text = text;
        }
    }

    /**
     * Reads a parameter.
     *
     * @throws IllegalArgumentException if it cannot be sent; says why
     */
    static DeclaredParameter of(Parameter parameter, JavaType type) {
        if (parameter.isAnnotationPresent(Arguments.class)) {
            if (!mayBeObject(type)) {
                throw new IllegalArgumentException("@Arguments is at a " + type.toCanonical()
                        + ", which makes no JSON object; use a record, a bean, a Map or an ObjectNode");
            }
            return new DeclaredParameter(Role.ARGUMENTS, "", type);
        }
        if (type.hasRawClass(Duration.class)) {
            return new DeclaredParameter(Role.TIMEOUT, "", type);
        }
        Class<?> content = JavaTypes.content(type).getRawClass();
        if (type.isReferenceType() && (content == Duration.class || FdSource.class.isAssignableFrom(content))) {
            throw new IllegalArgumentException("it has a " + type.toCanonical() + "; declare " + content.getSimpleName()
                    + " itself, which may be null");
        }
        boolean isDescriptor = FdSource.class.isAssignableFrom(type.getRawClass());
        return new DeclaredParameter(isDescriptor ? Role.DESCRIPTOR : Role.ARGUMENT, nameOf(parameter), type);
    }

    private static String nameOf(Parameter parameter) {
        ArgumentName given = parameter.getAnnotation(ArgumentName.class);
        if (given != null) {
            if (given.value().isBlank()) {
                throw new IllegalArgumentException(
                        "@ArgumentName is blank; write the argument's name as QEMU spells it");
            }
            return given.value();
        }
        if (!parameter.isNamePresent()) {
            throw new IllegalArgumentException("the name of " + parameter
                    + " is not in its class file; compile with -parameters, or name it with @ArgumentName");
        }
        return QapiNames.kebab(parameter.getName());
    }

    private static boolean mayBeObject(JavaType type) {
        Class<?> raw = type.getRawClass();
        return JsonNode.class.isAssignableFrom(raw)
                || type.isMapLikeType()
                || !(type.isContainerType()
                        || type.isReferenceType()
                        || type.isPrimitive()
                        || type.isEnumType()
                        || Number.class.isAssignableFrom(raw)
                        || CharSequence.class.isAssignableFrom(raw)
                        || raw == Boolean.class);
    }
}
