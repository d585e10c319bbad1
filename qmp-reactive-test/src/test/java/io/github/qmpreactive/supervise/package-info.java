/** What supervision does: in virtual time, at the fake server, and at real QEMU that is killed, stopped, and started again. */
@NullMarked
package io.github.qmpreactive.supervise;

import org.jspecify.annotations.NullMarked;
