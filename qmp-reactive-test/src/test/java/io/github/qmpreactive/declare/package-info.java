/** What declared commands do: at the fakes, and at real QEMU. */
@NullMarked
package io.github.qmpreactive.declare;

import org.jspecify.annotations.NullMarked;
