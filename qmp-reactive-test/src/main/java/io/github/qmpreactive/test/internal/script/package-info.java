/** Conversations that have to take place as they are written down. */
@NullMarked
package io.github.qmpreactive.test.internal.script;

import org.jspecify.annotations.NullMarked;
