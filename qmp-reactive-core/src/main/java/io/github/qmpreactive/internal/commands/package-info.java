/**
 * The commands of a session, from {@code subscribe()} to the reply: admission and encoding on the caller's
 * thread; queue, window and the correlation of replies by id on the event loop; the log of what is sent and
 * received; and, by the replies, whether an end of the connection is to be expected ({@link ShutdownWatch}). What may be
 * written when is decided by what stands above, with a {@link SyncGate}. Stands on {@code outbound}, {@code transport}, {@code codec},
 * {@code loop} and {@code log}.
 */
@NullMarked
package io.github.qmpreactive.internal.commands;

import org.jspecify.annotations.NullMarked;
