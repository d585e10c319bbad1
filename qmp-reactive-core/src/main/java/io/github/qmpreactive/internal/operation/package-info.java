/**
 * What the packages of operations on a session have in common, and all that they use of the client's internals: timers, callbacks
 * in turn, the guard of subscribers, the share of the log, the wording of errors, which hides secrets, and what {@code disconnect()}
 * waits for. Uses {@code internal.codec}, {@code commands}, {@code log} and {@code loop} for that; knows no session.
 */
@NullMarked
package io.github.qmpreactive.internal.operation;

import org.jspecify.annotations.NullMarked;
