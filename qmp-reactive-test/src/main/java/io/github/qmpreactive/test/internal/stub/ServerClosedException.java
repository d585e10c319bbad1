package io.github.qmpreactive.test.internal.stub;

/** What a test does has no effect since a server was closed. */
public final class ServerClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    private final transient SchemaGuard guard;

    /** The guard is that of the server that was closed. */
    public ServerClosedException(SchemaGuard guard, String message) {
        super(message);
        this.guard = guard;
    }

    SchemaGuard guard() {
        return guard;
    }
}
