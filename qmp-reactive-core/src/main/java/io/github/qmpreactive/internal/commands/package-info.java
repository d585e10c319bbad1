/**
 * The commands of a session, from {@code subscribe()} to the reply: admission and encoding on the caller's
 * thread; queue, window and the correlation of replies by id on the event loop. What may be written when, and
 * how a session ends, is decided by what stands above: it implements {@link SyncGate} and calls
 * {@link PendingCommands}. Stands on {@code outbound}, {@code transport}, {@code codec},
 * {@code loop} and {@code log}.
 */
@NullMarked
package io.github.qmpreactive.internal.commands;

import org.jspecify.annotations.NullMarked;
