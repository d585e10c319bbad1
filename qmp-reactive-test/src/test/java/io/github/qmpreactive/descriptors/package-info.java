/** Passing descriptors, at real QEMU and at the fake server. */
@NullMarked
package io.github.qmpreactive.descriptors;

import org.jspecify.annotations.NullMarked;
