/**
 * A reactive client for QEMU's machine protocol (QMP): {@link io.github.qmpreactive.QmpClient}
 * opens sessions, {@link io.github.qmpreactive.QmpSession} runs commands and streams events. {@link
 * io.github.qmpreactive.QgaClient} and {@link io.github.qmpreactive.QgaSession} do so with QEMU's guest agent. {@link
 * io.github.qmpreactive.job.QmpJobs} follows jobs of QEMU to their end, and {@link
 * io.github.qmpreactive.device.QmpDevices} does so with devices that are unplugged. {@link
 * io.github.qmpreactive.migration.QmpMigration} migrates a guest to another QEMU. {@link
 * io.github.qmpreactive.declare.QmpCommands} makes commands methods of an interface of the application, and {@link
 * io.github.qmpreactive.schema.QmpSchema} tells what a QEMU has.
 */
@NullMarked
package io.github.qmpreactive;

import org.jspecify.annotations.NullMarked;
