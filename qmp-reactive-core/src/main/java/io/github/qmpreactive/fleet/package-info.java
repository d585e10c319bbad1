/**
 * Many supervised machines in one process: {@link io.github.qmpreactive.fleet.QmpFleet}. Built on what a {@link
 * io.github.qmpreactive.supervise.QmpSupervisor} offers to every application, and of the client's internals on {@code
 * internal.operation} alone.
 */
@NullMarked
package io.github.qmpreactive.fleet;

import org.jspecify.annotations.NullMarked;
