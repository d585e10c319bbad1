/**
 * Writes to the channel: joins what is written in one turn of the event loop, flushes it once, and sends
 * descriptors between commands. Knows bytes, not commands. Stands on {@code loop} and {@code transport}.
 */
@NullMarked
package io.github.qmpreactive.internal.outbound;

import org.jspecify.annotations.NullMarked;
