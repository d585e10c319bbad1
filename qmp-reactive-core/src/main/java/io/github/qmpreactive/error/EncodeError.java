package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * A command cannot be sent. Its arguments are not a JSON object, contain a lone surrogate or a noncharacter such as
 * U+FFFF, nest deeper than 1024 levels, have more than 2,097,152 tokens (values, names and punctuation), or take 64 MiB
 * (67,108,864 bytes) or more: QEMU would answer with an error that ends the session. Or the id of a raw message cannot
 * be used, or the command is to run out of band and {@code oob} is not enabled. Nothing was sent; the session stays
 * open.
 */
public final class EncodeError extends QmpError {

    private static final long serialVersionUID = 1L;

    /**
     * An error with its reason.
     *
     * @param message the command, what is wrong with it, and the limit
     * @param cause what it came from, if anything
     */
    public EncodeError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
