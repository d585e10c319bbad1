/** The quick start, which {@code mvn -q -Pqmp} runs: a session from its beginning to its end. */
@NullMarked
package io.github.qmpreactive.example;

import org.jspecify.annotations.NullMarked;
