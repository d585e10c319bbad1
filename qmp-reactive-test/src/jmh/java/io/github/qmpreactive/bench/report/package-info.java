/** What was measured, as tables and as charts. */
@NullMarked
package io.github.qmpreactive.bench.report;

import org.jspecify.annotations.NullMarked;
