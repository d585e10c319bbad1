/** Four workloads that each client is driven through, as whole processes side by side. */
@NullMarked
package io.github.qmpreactive.bench.drive;

import org.jspecify.annotations.NullMarked;
