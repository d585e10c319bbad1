/** How the steps of a verification become those of a {@code StepVerifier}, and its failures something to read. */
@NullMarked
package io.github.qmpreactive.test.internal.verify;

import org.jspecify.annotations.NullMarked;
