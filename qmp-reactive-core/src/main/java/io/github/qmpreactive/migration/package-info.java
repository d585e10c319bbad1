/**
 * Live migration of a guest from one QEMU to another, or to a file, followed to its end: {@link
 * io.github.qmpreactive.migration.QmpMigration}. Built on what a {@link io.github.qmpreactive.QmpSession} offers to every
 * application, and of the client's internals on {@code internal.operation} alone, which has timers, callbacks in turn and the
 * wording of errors, and makes {@code disconnect()} wait for the reply to a cancel. That wait apart, it is also an example of how
 * a session is used.
 */
@NullMarked
package io.github.qmpreactive.migration;

import org.jspecify.annotations.NullMarked;
