/** The machine behind a {@code FakeVm}: its devices, what they refer to, and the commands that it answers. */
@NullMarked
package io.github.qmpreactive.test.internal.vm;

import org.jspecify.annotations.NullMarked;
