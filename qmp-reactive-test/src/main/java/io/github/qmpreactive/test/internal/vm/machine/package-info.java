/** What all parts of a machine need: how it was set up, its run states, its guest, its monitors, and how it refuses. */
@NullMarked
package io.github.qmpreactive.test.internal.vm.machine;

import org.jspecify.annotations.NullMarked;
