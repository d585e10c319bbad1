/** The machine behind a {@code FakeVm}: its run states, devices and monitors, and the commands that it answers. */
@NullMarked
package io.github.qmpreactive.test.internal.vm;

import org.jspecify.annotations.NullMarked;
