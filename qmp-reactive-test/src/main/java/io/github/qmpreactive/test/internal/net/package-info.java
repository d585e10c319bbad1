/** The connections of a fake: bytes in, bytes out, and all that a network can do wrong. */
@NullMarked
package io.github.qmpreactive.test.internal.net;

import org.jspecify.annotations.NullMarked;
