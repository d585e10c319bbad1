/** What the clients are held against: the least that a client in Java can do with the same socket and JSON library. */
@NullMarked
package io.github.qmpreactive.bench.floor;

import org.jspecify.annotations.NullMarked;
