/** Bytes to messages and back: the only place that knows Jackson's parser and generator. */
@NullMarked
package io.github.qmpreactive.internal.codec;

import org.jspecify.annotations.NullMarked;
