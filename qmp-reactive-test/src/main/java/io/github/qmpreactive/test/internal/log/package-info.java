/** What a fake keeps of what it received. */
@NullMarked
package io.github.qmpreactive.test.internal.log;

import org.jspecify.annotations.NullMarked;
