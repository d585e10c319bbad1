/** Benchmarks of single operations, each beside what the floor makes of the same work. */
@NullMarked
package io.github.qmpreactive.bench.jmh;

import org.jspecify.annotations.NullMarked;
