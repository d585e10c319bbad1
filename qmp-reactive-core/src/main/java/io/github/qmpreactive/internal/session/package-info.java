/**
 * One session: its handshake, the correlation of replies, its events and its end. All state is
 * confined to the event loop of the connection, except where a class says otherwise.
 */
@NullMarked
package io.github.qmpreactive.internal.session;

import org.jspecify.annotations.NullMarked;
