/** Processes that do not outlive their test. */
@NullMarked
package io.github.qmpreactive.test.internal.process;

import org.jspecify.annotations.NullMarked;
