/** What unplugging devices does: at the fakes, and at real QEMU. */
@NullMarked
package io.github.qmpreactive.device;

import org.jspecify.annotations.NullMarked;
