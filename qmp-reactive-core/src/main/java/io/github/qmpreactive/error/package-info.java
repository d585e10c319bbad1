/**
 * The errors of the library, all unchecked, all under {@link
 * io.github.qmpreactive.error.QmpError}, named as QEMU's own Python client names them where it has
 * the same.
 */
@NullMarked
package io.github.qmpreactive.error;

import org.jspecify.annotations.NullMarked;
