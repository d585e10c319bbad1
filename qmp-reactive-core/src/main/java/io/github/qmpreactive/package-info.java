/**
 * A reactive client for QEMU's machine protocol (QMP): {@link io.github.qmpreactive.QmpClient}
 * opens sessions, {@link io.github.qmpreactive.QmpSession} runs commands and streams events.
 */
@NullMarked
package io.github.qmpreactive;

import org.jspecify.annotations.NullMarked;
