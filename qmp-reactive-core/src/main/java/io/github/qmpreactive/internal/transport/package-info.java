/** Opens connections with Reactor Netty and words what goes wrong with them. */
@NullMarked
package io.github.qmpreactive.internal.transport;

import org.jspecify.annotations.NullMarked;
