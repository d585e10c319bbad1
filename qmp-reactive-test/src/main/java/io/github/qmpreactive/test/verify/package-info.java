/**
 * {@link io.github.qmpreactive.test.verify.QmpVerifier}: Reactor's {@code StepVerifier} with steps for events and replies
 * of QMP, and failures that say what came in place of what was expected.
 */
@NullMarked
package io.github.qmpreactive.test.verify;

import org.jspecify.annotations.NullMarked;
