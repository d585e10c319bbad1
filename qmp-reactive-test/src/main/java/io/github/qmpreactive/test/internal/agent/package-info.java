/** The agent behind a {@code FakeAgent}: the processes that it starts, the files that it opens, what it freezes. */
@NullMarked
package io.github.qmpreactive.test.internal.agent;

import org.jspecify.annotations.NullMarked;
