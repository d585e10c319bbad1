/** How the tests of the contract wait. Needs JUnit. */
@NullMarked
package io.github.qmpreactive.test.internal.contract;

import org.jspecify.annotations.NullMarked;
