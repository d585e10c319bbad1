/** Runs the steps of a verification, and says what came in place of what was expected. */
@NullMarked
package io.github.qmpreactive.test.internal.verify;

import org.jspecify.annotations.NullMarked;
