/** Processes that do not outlive their test, and the firmware that QEMU runs in place of a guest. */
@NullMarked
package io.github.qmpreactive.test.internal.process;

import org.jspecify.annotations.NullMarked;
