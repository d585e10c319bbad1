/** What the packages of operations on a session have in common; uses the session's public API alone, as they do. */
@NullMarked
package io.github.qmpreactive.internal.operation;

import org.jspecify.annotations.NullMarked;
