/**
 * Jobs of QEMU, such as a mirror, a backup or a snapshot, followed to their end: {@link
 * io.github.qmpreactive.job.QmpJobs}. Built on what a {@link io.github.qmpreactive.QmpSession} offers to every
 * application, and of the client's internals on {@code internal.operation} alone, which has timers, callbacks in turn and the
 * wording of errors. So it is also an example of how a session is used.
 */
@NullMarked
package io.github.qmpreactive.job;

import org.jspecify.annotations.NullMarked;
