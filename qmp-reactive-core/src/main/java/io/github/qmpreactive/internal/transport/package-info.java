/**
 * Sockets, with Reactor Netty: addresses, connecting, listening and the lock on a socket's file, TLS, descriptors; and the
 * words for what goes wrong with them.
 */
@NullMarked
package io.github.qmpreactive.internal.transport;

import org.jspecify.annotations.NullMarked;
