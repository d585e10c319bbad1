package io.github.qmpreactive.test.internal.log;

import io.github.qmpreactive.test.internal.check.Checks;

/**
 * How much a running fake keeps of what it received; read when it is started.
 *
 * @param commands the newest commands, of all connections together
 * @param bytes of those commands as they came; and of the raw bytes, once more
 * @param connections the newest connections, those that are open not counted
 */
public record Limits(int commands, long bytes, int connections) {

    private static final String COMMANDS = "qmp.test.keptCommands";
    private static final String BYTES = "qmp.test.keptBytes";
    private static final String CONNECTIONS = "qmp.test.keptConnections";

    public Limits {
        Checks.positive(commands, COMMANDS);
        Checks.positive(bytes, BYTES);
        Checks.positive(connections, CONNECTIONS);
    }

    public static Limits configured() {
        return new Limits(
                Integer.getInteger(COMMANDS, 100_000),
                Long.getLong(BYTES, 64L << 20),
                Integer.getInteger(CONNECTIONS, 1000));
    }

    /** For messages: the limits and their settings. */
    @Override
    public String toString() {
        return "the newest " + commands + " commands (" + COMMANDS + "), " + bytes + " bytes (" + BYTES + ") and "
                + connections + " closed connections (" + CONNECTIONS + ")";
    }
}
