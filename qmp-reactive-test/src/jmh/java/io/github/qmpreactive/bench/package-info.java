/** Benchmarks: {@code mvn -q -Pbench} runs them all and prints what they measured. */
@NullMarked
package io.github.qmpreactive.bench;

import org.jspecify.annotations.NullMarked;
