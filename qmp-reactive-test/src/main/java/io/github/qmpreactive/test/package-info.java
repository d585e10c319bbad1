/**
 * Tests of code that talks QMP, without a virtual machine and with one.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.FakeQmpServer}: a server on a real socket that answers by stubs or by a
 *       {@linkplain io.github.qmpreactive.test.QmpScript script}, and does {@linkplain
 *       io.github.qmpreactive.test.Faults all that a machine or a network can do wrong};
 *   <li>{@link io.github.qmpreactive.test.vm.FakeVm}: on top of it a machine that remembers, with run states, devices and a
 *       guest;
 *   <li>{@link io.github.qmpreactive.test.profile.QemuProfile}: the version of QEMU that these stand for;
 *   <li>{@link io.github.qmpreactive.test.schema.SchemaCheck}: by which these refuse what QEMU would refuse;
 *   <li>{@link io.github.qmpreactive.test.verify.QmpVerifier}: {@code StepVerifier} with steps for events and replies;
 *   <li>{@link io.github.qmpreactive.test.record.QmpRecorder} and {@link io.github.qmpreactive.test.record.QmpReplay}: a
 *       conversation with a real QEMU that is recorded once, and replayed where there is none;
 *   <li>{@link io.github.qmpreactive.test.qemu.QemuLauncher}: a real QEMU, QEMU storage daemon or guest agent, as a process;
 *   <li>{@link io.github.qmpreactive.test.junit.Qemu}: a real QEMU, or a session with it, as a parameter of a JUnit test;
 *   <li>{@link io.github.qmpreactive.test.junit.TestVm}: a machine for tests that are to hold with a {@code FakeVm} and with a
 *       real QEMU alike;
 *   <li>{@link io.github.qmpreactive.test.junit.QmpGuards}: fails JUnit tests that lose a signal, or leave behind a socket or
 *       a process;
 *   <li>{@link io.github.qmpreactive.test.contract.QmpSessionContract}: what a session does, to be run against a server or a
 *       transport of one's own.
 * </ul>
 *
 * <p>JSON that is handed out by these types is read-only by contract; JSON that is taken in is copied.
 */
@NullMarked
package io.github.qmpreactive.test;

import org.jspecify.annotations.NullMarked;
