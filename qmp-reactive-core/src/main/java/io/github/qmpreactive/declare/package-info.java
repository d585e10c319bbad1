/**
 * Commands as methods of an interface of the application: {@link io.github.qmpreactive.declare.QmpCommands}. Built on what a
 * {@link io.github.qmpreactive.QmpSession} offers to every application, and of the client's internals on
 * {@code internal.operation} alone, for the wording of errors.
 */
@NullMarked
package io.github.qmpreactive.declare;

import org.jspecify.annotations.NullMarked;
