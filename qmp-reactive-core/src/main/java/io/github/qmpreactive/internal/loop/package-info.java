/**
 * The event loop that a session's state is confined to, and the subscribers that are signalled there: what a
 * callback asks for takes effect after the signal, and what it throws ends its own subscription alone. Stands on
 * {@code log}.
 */
@NullMarked
package io.github.qmpreactive.internal.loop;

import org.jspecify.annotations.NullMarked;
