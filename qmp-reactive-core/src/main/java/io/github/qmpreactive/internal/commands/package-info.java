/**
 * The commands of a session, from {@code subscribe()} to the reply: admission and encoding on the caller's thread;
 * queue, window and the correlation of replies by id on the event loop. What may be written when, and how a session
 * ends, is decided by what stands above: it implements {@link io.github.qmpreactive.internal.commands.SyncGate} and
 * calls {@link io.github.qmpreactive.internal.commands.PendingCommands}. Stands on {@code outbound}, {@code loop},
 * {@code log} and {@code codec}.
 */
@NullMarked
package io.github.qmpreactive.internal.commands;

import org.jspecify.annotations.NullMarked;
