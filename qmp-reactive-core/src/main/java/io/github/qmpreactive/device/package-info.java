/**
 * Unplugs devices of a running QEMU, and follows each to its end: {@link io.github.qmpreactive.device.QmpDevices}. Built
 * on what a {@link io.github.qmpreactive.QmpSession} offers to every application, so it is also an example of how a session
 * is used.
 */
@NullMarked
package io.github.qmpreactive.device;

import org.jspecify.annotations.NullMarked;
