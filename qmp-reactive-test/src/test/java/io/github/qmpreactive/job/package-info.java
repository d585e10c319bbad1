/** What following jobs does: at the fake server, by scripts as QEMU plays them, and at real QEMU. */
@NullMarked
package io.github.qmpreactive.job;

import org.jspecify.annotations.NullMarked;
