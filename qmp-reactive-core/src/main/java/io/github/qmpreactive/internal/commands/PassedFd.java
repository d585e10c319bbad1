package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.option.FdSource;

/**
 * A descriptor that is to be sent just before a command.
 *
 * @param source which
 * @param alone whether there is no command
 */
record PassedFd(FdSource source, boolean alone) {

    static final byte[] NO_COMMAND = {};
}
