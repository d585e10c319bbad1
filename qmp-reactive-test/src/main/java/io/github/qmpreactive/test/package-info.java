/**
 * Tests of code that talks QMP, without a virtual machine and with one.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.FakeQmpServer}: a server on a real socket that answers by script, and does
 *       all that a machine or a network can do wrong;
 *   <li>{@link io.github.qmpreactive.test.QemuLauncher}: a real QEMU, or a QEMU storage daemon, as a process;
 *   <li>{@link io.github.qmpreactive.test.Qemu}: a real QEMU as a parameter of a JUnit test;
 *   <li>{@link io.github.qmpreactive.test.LeakGuard}: fails a JUnit test class that leaks buffers or drops signals.
 * </ul>
 *
 * <p>JSON that is handed out by these types is read-only by contract; JSON that is taken in is copied.
 */
@NullMarked
package io.github.qmpreactive.test;

import org.jspecify.annotations.NullMarked;
