/**
 * The errors of the library, all unchecked, all under {@link
 * io.github.qmpreactive.error.QmpError}, named as QEMU's own Python client names them where it has
 * the same.
 *
 * <p>Every error says by {@link io.github.qmpreactive.error.QmpError#endsSession()} whether the session is over, and by
 * {@link io.github.qmpreactive.error.QmpError#isTemporary()} whether connecting again may help. The constructors are for
 * the library, and for tests of applications in which a session that is no real one fails.
 */
@NullMarked
package io.github.qmpreactive.error;

import org.jspecify.annotations.NullMarked;
