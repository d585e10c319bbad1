/**
 * A virtual machine for tests: a fake that remembers.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.vm.FakeVm}: says what the machine is and how its guest behaves;
 *   <li>{@link io.github.qmpreactive.test.vm.RunningFakeVm}: the machine, with the client's side, the host's, and what is
 *       to be asserted;
 *   <li>{@link io.github.qmpreactive.test.vm.FakeGuest}: what a guest does of its own accord.
 * </ul>
 */
@NullMarked
package io.github.qmpreactive.test.vm;

import org.jspecify.annotations.NullMarked;
