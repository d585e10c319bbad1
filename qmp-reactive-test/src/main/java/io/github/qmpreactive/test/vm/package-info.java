/**
 * A virtual machine and a guest agent for tests: fakes that remember.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.vm.FakeVm}: says what the machine is and how its guest behaves;
 *   <li>{@link io.github.qmpreactive.test.vm.RunningFakeVm}: the machine, with the client's side, the host's, and what is
 *       to be asserted;
 *   <li>{@link io.github.qmpreactive.test.vm.FakeGuest}: what a guest does of its own accord;
 *   <li>{@link io.github.qmpreactive.test.vm.FakeAgent}: the agent of a guest, for itself.
 * </ul>
 */
@NullMarked
package io.github.qmpreactive.test.vm;

import org.jspecify.annotations.NullMarked;
