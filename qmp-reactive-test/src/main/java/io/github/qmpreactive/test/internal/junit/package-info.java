/** What the extensions of JUnit start, count and close, and how they and the contract wait. Needs JUnit. */
@NullMarked
package io.github.qmpreactive.test.internal.junit;

import org.jspecify.annotations.NullMarked;
