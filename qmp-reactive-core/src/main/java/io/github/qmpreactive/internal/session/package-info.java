/**
 * The life of one session: {@link Handshake} opens it, {@link Session} assembles its parts,
 * {@link InboundRouter} tells each message where it belongs, {@link SilenceWatch} notices a server that has
 * become silent, and {@link Termination} ends it all in one order. All state is confined to the event loop of
 * the connection, except where a class says otherwise. Stands on {@code commands} and {@code events}, and on
 * what these stand on.
 */
@NullMarked
package io.github.qmpreactive.internal.session;

import org.jspecify.annotations.NullMarked;
