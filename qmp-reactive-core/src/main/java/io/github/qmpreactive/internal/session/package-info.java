/**
 * The life of one session: {@link io.github.qmpreactive.internal.session.Handshake} opens it, {@link
 * io.github.qmpreactive.internal.session.Session} assembles its parts, {@link
 * io.github.qmpreactive.internal.session.InboundRouter} tells each message where it belongs, {@link
 * io.github.qmpreactive.internal.session.SilenceWatch} notices a server that has become silent, and {@link
 * io.github.qmpreactive.internal.session.Termination} ends it all in one order. All state is confined to the event
 * loop of the connection, except where a class says otherwise. Stands on {@code commands} and {@code events}, and
 * on what these stand on.
 */
@NullMarked
package io.github.qmpreactive.internal.session;

import org.jspecify.annotations.NullMarked;
