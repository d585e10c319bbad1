/** What migrating does: at the fake server, by scripts as QEMU plays them, and between real QEMUs. */
@NullMarked
package io.github.qmpreactive.migration;

import org.jspecify.annotations.NullMarked;
