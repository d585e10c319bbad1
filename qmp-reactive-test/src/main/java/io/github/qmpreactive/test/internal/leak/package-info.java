/** What a test leaves behind, and what Reactor has dropped. */
@NullMarked
package io.github.qmpreactive.test.internal.leak;

import org.jspecify.annotations.NullMarked;
