/** A running fake: its clients, and the protocol that it speaks with each of them. */
@NullMarked
package io.github.qmpreactive.test.internal.server;

import org.jspecify.annotations.NullMarked;
