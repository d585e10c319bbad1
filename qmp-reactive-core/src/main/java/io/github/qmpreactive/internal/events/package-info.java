/**
 * The events of a session: keeps early ones, gives each subscriber a filter and a buffer of its own, and estimates
 * the server's clock by their timestamps. Knows no commands. Stands on {@code loop} and {@code log}.
 */
@NullMarked
package io.github.qmpreactive.internal.events;

import org.jspecify.annotations.NullMarked;
