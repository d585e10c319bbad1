/** What settings have in common, checks of arguments, and waits with a limit. */
@NullMarked
package io.github.qmpreactive.test.internal.check;

import org.jspecify.annotations.NullMarked;
