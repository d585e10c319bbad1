/** A guest without an operating system. */
@NullMarked
package io.github.qmpreactive.test.internal.guest;

import org.jspecify.annotations.NullMarked;
