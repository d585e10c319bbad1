/**
 * What the packages of operations on a session have in common. Uses the session's public API alone, as they do, but for the
 * wording of errors, which hides secrets.
 */
@NullMarked
package io.github.qmpreactive.internal.operation;

import org.jspecify.annotations.NullMarked;
