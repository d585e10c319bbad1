/**
 * Unplugs devices of a running QEMU, and follows each to its end: {@link io.github.qmpreactive.device.QmpDevices}. Built
 * on what a {@link io.github.qmpreactive.QmpSession} offers to every application, and of the client's internals on {@code
 * internal.operation} alone, which has timers and the wording of errors. So it is also an example of how a session is used.
 */
@NullMarked
package io.github.qmpreactive.device;

import org.jspecify.annotations.NullMarked;
