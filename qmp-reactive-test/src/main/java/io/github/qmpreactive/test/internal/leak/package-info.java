/** Where Reactor and Netty tell of what was lost. */
@NullMarked
package io.github.qmpreactive.test.internal.leak;

import org.jspecify.annotations.NullMarked;
