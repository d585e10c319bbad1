/** What QEMU checks before it runs a command, and how it words what is wrong. */
@NullMarked
package io.github.qmpreactive.test.internal.protocol;

import org.jspecify.annotations.NullMarked;
