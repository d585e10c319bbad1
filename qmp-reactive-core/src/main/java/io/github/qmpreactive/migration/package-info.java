/**
 * Live migration of a guest from one QEMU to another, or to a file, followed to its end: {@link
 * io.github.qmpreactive.migration.QmpMigration}. Built on what a {@link io.github.qmpreactive.QmpSession} offers to every
 * application, so it is also an example of how a session is used.
 */
@NullMarked
package io.github.qmpreactive.migration;

import org.jspecify.annotations.NullMarked;
