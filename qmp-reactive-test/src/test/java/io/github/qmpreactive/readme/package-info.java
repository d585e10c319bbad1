/**
 * The Java of README.md. What stands between {@code // snippet: name} and {@code // end} is what the README shows
 * under that name, and is compiled and run here.
 */
@NullMarked
package io.github.qmpreactive.readme;

import org.jspecify.annotations.NullMarked;
