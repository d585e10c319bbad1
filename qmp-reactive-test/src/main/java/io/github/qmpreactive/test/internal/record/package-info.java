/** The file of a recording, the proxy that writes it, and the players that replay it. */
@NullMarked
package io.github.qmpreactive.test.internal.record;

import org.jspecify.annotations.NullMarked;
