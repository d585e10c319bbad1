/** Finds out what a QEMU is like by asking it, and writes that down as the files of a profile. */
@NullMarked
package io.github.qmpreactive.test.internal.probe;

import org.jspecify.annotations.NullMarked;
