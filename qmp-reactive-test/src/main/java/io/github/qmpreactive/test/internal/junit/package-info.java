/** What the extensions of JUnit start, count and close. Needs JUnit. */
@NullMarked
package io.github.qmpreactive.test.internal.junit;

import org.jspecify.annotations.NullMarked;
