/**
 * A virtual machine and a guest agent for tests: fakes that remember.
 *
 * <ul>
 *   <li>{@link io.github.qmpreactive.test.vm.FakeVm}: says what the machine is; {@link
 *       io.github.qmpreactive.test.vm.FakeGuestBehavior}: how its guest reacts;
 *   <li>{@link io.github.qmpreactive.test.vm.RunningFakeVm}: the machine, with the client's side, the host's, and what is
 *       to be asserted;
 *   <li>{@link io.github.qmpreactive.test.vm.FakeGuest}: what a guest does of its own accord;
 *   <li>{@link io.github.qmpreactive.test.vm.FakeAgent}: the agent of a guest, for itself.
 * </ul>
 *
 * <p>A {@code FakeVm} knows these commands:
 *
 * <ul>
 *   <li>{@code stop, cont, system_reset, system_powerdown, system_wakeup, quit, set-action, inject-nmi};
 *   <li>{@code device_add, device_del}, and {@code qom-list} of {@code /machine/peripheral} and {@code
 *       /machine/peripheral-anon}; {@code query-memory-devices} and {@code query-hotpluggable-cpus};
 *   <li>what adds and removes that which devices refer to: {@code blockdev-add, blockdev-del, netdev_add, netdev_del,
 *       chardev-add, chardev-remove, object-add, object-del};
 *   <li>{@code blockdev-snapshot}, and {@code transaction} of that, {@code blockdev-backup} and {@code abort}: another action is
 *       refused by a message that says how to answer it, before any is done. {@code blockdev-snapshot-sync} and bitmaps are not
 *       among them;
 *   <li>{@code blockdev-mirror, blockdev-backup, block-stream, block-commit, blockdev-create, x-blockdev-amend,
 *       snapshot-save, snapshot-load, snapshot-delete};
 *       {@code query-jobs, query-block-jobs}, and all that is done to jobs: {@code job-complete,
 *       block-job-cancel} and so on, but for {@code block-job-change};
 *   <li>{@code migrate, migrate-incoming, migrate_cancel, migrate-continue}, and all that is set and asked for them;
 *   <li>{@code dump-guest-memory, query-dump, query-dump-guest-memory-capability};
 *   <li>{@code human-monitor-command} with {@code stop, cont, quit, system_reset, system_powerdown, system_wakeup, device_del,
 *       netdev_del, object_del, chardev-remove} and {@code info status, name, uuid, version, kvm}; a line that QEMU does not
 *       know is answered as QEMU does, one that the fake alone does not know is refused;
 *   <li>{@code query-status, query-name, query-uuid, query-version, query-cpus-fast, query-memory-size-summary,
 *       query-kvm, query-target, query-current-machine, query-yank, query-commands}.
 * </ul>
 */
@NullMarked
package io.github.qmpreactive.test.vm;

import org.jspecify.annotations.NullMarked;
