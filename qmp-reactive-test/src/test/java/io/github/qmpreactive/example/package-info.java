/** The example that the README runs: a session from its beginning to its end. */
@NullMarked
package io.github.qmpreactive.example;

import org.jspecify.annotations.NullMarked;
