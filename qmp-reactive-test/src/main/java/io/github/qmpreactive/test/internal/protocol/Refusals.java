package io.github.qmpreactive.test.internal.protocol;

import io.github.qmpreactive.message.ErrorResponse;

/** The errors of QEMU's dispatcher. */
public final class Refusals {

    private static final String GENERIC = "GenericError";
    private static final String NOT_FOUND = "CommandNotFound";

    private Refusals() {}

    public static ErrorResponse generic(String description) {
        return new ErrorResponse(GENERIC, description);
    }

    public static ErrorResponse notFound(String command) {
        return new ErrorResponse(NOT_FOUND, "The command " + command + " has not been found");
    }

    public static ErrorResponse notOob(String command) {
        return generic("The command " + command + " does not support OOB");
    }

    public static ErrorResponse notNegotiated() {
        return new ErrorResponse(NOT_FOUND, "Expecting capabilities negotiation with 'qmp_capabilities'");
    }

    public static ErrorResponse negotiated() {
        return new ErrorResponse(NOT_FOUND, "Capabilities negotiation is already complete, command ignored");
    }
}
