/** Many sessions in one process: what each of them costs, and whether that grows with their number. */
@NullMarked
package io.github.qmpreactive.bench.fleet;

import org.jspecify.annotations.NullMarked;
