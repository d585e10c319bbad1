/** The server that the benchmarks measure against: one thread, in a process of its own. */
@NullMarked
package io.github.qmpreactive.bench.server;

import org.jspecify.annotations.NullMarked;
