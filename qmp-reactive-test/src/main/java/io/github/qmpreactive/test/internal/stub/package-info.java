/** Which commands a fake answers how, and whether QEMU could answer like that. */
@NullMarked
package io.github.qmpreactive.test.internal.stub;

import org.jspecify.annotations.NullMarked;
