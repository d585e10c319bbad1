package io.github.qmpreactive.test.internal.schema;

/**
 * A command of the schema.
 *
 * @param name its name
 * @param argumentType the name of its arguments' type, which is an object
 * @param returnType the name of the type of what it returns
 * @param allowsOob whether it may be executed out of band
 */
public record CommandEntry(String name, String argumentType, String returnType, boolean allowsOob) {}
