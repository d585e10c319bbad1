package io.github.qmpreactive.schema;

import java.util.Set;

/**
 * A type of a schema: what the arguments of a command, its result, the data of an event and all that is in them are. Types
 * may contain themselves: a node of the block layer has a member of its own type. Within one schema each type is one
 * instance. Immutable.
 */
public sealed interface SchemaType permits AlternateType, ArrayType, BuiltinType, EnumType, ObjectType {

    /**
     * The name by which other types refer to it.
     *
     * @return a number for most types, which is another one in each build of QEMU; only the names of builtin types
     *     are stable, for example {@code "str"}
     */
    String name();

    /**
     * Its features.
     *
     * @return names such as {@code "dynamic-auto-read-only"}; empty for most types
     */
    Set<String> features();
}
