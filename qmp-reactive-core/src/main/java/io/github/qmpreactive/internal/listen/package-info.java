/**
 * Turns the connections that a listening socket accepts into sessions, as fast as they are requested and as many at
 * a time as the limit of handshakes allows. Stands on {@code session}, and on {@code transport} for the socket; also on
 * {@code loop} and {@code log}.
 */
@NullMarked
package io.github.qmpreactive.internal.listen;

import org.jspecify.annotations.NullMarked;
