/** Real QEMU, and its programs beside it, as processes. Needs no test framework. */
@NullMarked
package io.github.qmpreactive.test.qemu;

import org.jspecify.annotations.NullMarked;
