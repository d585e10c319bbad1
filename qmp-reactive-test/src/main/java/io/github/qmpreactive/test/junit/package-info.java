/** JUnit extensions, for JUnit 5 and 6: real QEMU as a parameter, and guards against what a test leaves behind. */
@NullMarked
package io.github.qmpreactive.test.junit;

import org.jspecify.annotations.NullMarked;
