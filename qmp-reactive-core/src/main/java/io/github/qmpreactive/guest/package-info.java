/**
 * What the guest agent does in a guest: processes, files and frozen file systems, each followed to its end: {@link
 * io.github.qmpreactive.guest.QgaGuest}. Built on what a {@link io.github.qmpreactive.QgaSession} offers to every
 * application, and of the client's internals on {@code internal.operation} alone, which has timers and the wording of errors. So it
 * is also an example of how a session is used.
 */
@NullMarked
package io.github.qmpreactive.guest;

import org.jspecify.annotations.NullMarked;
