/** JSON: as QEMU reads and writes it, as a test writes it down, and in what values of it differ. */
@NullMarked
package io.github.qmpreactive.test.internal.json;

import org.jspecify.annotations.NullMarked;
