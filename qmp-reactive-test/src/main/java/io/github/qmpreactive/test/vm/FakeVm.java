package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.internal.vm.RunningMachine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A virtual machine for tests, on top of {@link FakeQmpServer}: it has run states, devices and a guest, and what it
 * answers agrees with what has happened to it. Immutable: every method returns a new machine, and one that is set up can
 * be started any number of times.
 *
 * <pre>{@code
 * try (RunningFakeVm vm = FakeVm.create()
 *         .withName("vm1")
 *         .withDevice("tablet0", "usb-tablet")
 *         .withGuest(FakeGuestBehavior.create().answersPowerdown(Duration.ofSeconds(3)))
 *         .start()) {
 *     QmpClient client = vm.client();
 *     vm.guest().panics();
 * }
 * }</pre>
 *
 * <p>It behaves as {@code qemu-system-x86_64 -machine pc -usb} of its {@link #withProfile profile}'s version, with QEMU's
 * events, their order and QEMU's words for what it refuses. It knows the commands that the {@linkplain
 * io.github.qmpreactive.test.vm package} lists; {@link #withServer} adds others.
 *
 * <ul>
 *   <li>A value other than those that a method names is an IllegalArgumentException. Ids are a letter, then letters, digits,
 *       {@code . _ -}, and not taken yet, unless it is that of a job.
 *   <li>Methods that start the machine block until it listens, is connected, or has tried that once and tries again. They throw
 *       an AssertionError if that takes more than 10 s. The machine that they return is to be closed.
 * </ul>
 */
public final class FakeVm {

    private final VmSettings settings;

    private FakeVm(VmSettings settings) {
        this.settings = settings;
    }

    /** {@return a machine that runs once it is started, with 1 processor, 128 MiB, 1 monitor and no removable devices} */
    public static FakeVm create() {
        return new FakeVm(new VmSettings());
    }

    /**
     * {@return a machine with a name, as {@code -name}}
     *
     * @param name that of {@code query-name}
     */
    public FakeVm withName(String name) {
        return with(s -> s.name = name);
    }

    /**
     * {@return a machine with a UUID, as {@code -uuid}}
     *
     * @param uuid that of {@code query-uuid}; all zeros by default
     */
    public FakeVm withUuid(UUID uuid) {
        return with(s -> s.uuid = uuid);
    }

    /**
     * {@return a machine that behaves as the QEMU of a profile, and greets with its version}
     *
     * @param profile that of a version is {@code QemuProfile.of("7.2")}; {@link QemuProfile#newest()} by default
     * @throws IllegalArgumentException if the machine has a device that this QEMU has no driver for
     */
    public FakeVm withProfile(QemuProfile profile) {
        return with(s -> s.setProfile(profile));
    }

    /**
     * {@return a machine with processors, as {@code -smp}}
     *
     * @param count how many, from 1 to 255
     */
    public FakeVm withCpus(int count) {
        return withCpus(count, count);
    }

    /**
     * {@return a machine to which processors can be added while it runs, as {@code -smp COUNT,maxcpus=MOST}}
     *
     * @param count how many it has from the beginning, from 1 to {@code most}
     * @param most how many it can have, from 1 to 255
     */
    public FakeVm withCpus(int count, int most) {
        return with(s -> s.setCpus(count, most));
    }

    /**
     * {@return a machine with memory, as {@code -m}}
     *
     * @param bytes how much: a positive multiple of 8 KiB, to which QEMU would round it
     */
    public FakeVm withMemory(long bytes) {
        return with(s -> s.setMemory(bytes));
    }

    /**
     * {@return a machine to which memory can be added while it runs, as {@code -m SIZE,slots=SLOTS,maxmem=MOST}: a {@code
     * memory-backend-ram} by {@code object-add}, then a {@code pc-dimm} by {@code device_add}}
     *
     * @param bytes how much it has from the beginning, as by {@link #withMemory(long)}
     * @param slots how many modules it can have, from 1 to 256
     * @param most how much memory it can have in all: more than {@code bytes}
     */
    public FakeVm withMemory(long bytes, int slots, long most) {
        return with(s -> s.setMemory(bytes, slots, most));
    }

    /**
     * {@return a machine with a device, as {@code -device driver,id=id} with all the properties that the driver needs}
     *
     * @param id by which {@code device_del} removes it
     * @param driver one of QEMU's device models. Those on USB are gone at once when they are removed, others when the
     *     guest releases them
     * @throws IllegalArgumentException if this version of QEMU has no such driver; or for a {@code pc-dimm} or a processor, which
     *     {@code device_add} adds to the slots of {@link #withMemory(long, int, long)} and {@link #withCpus(int, int)}
     */
    public FakeVm withDevice(String id, String driver) {
        return with(s -> s.addDevice(id, driver));
    }

    /**
     * {@return a machine with a backend that devices can refer to, as {@code -netdev user,id=id}}
     *
     * @param kind {@code "blockdev"}, {@code "netdev"}, {@code "chardev"} or {@code "audiodev"}
     * @param id its id, not taken by a backend of this kind; the node name of a block device
     */
    public FakeVm withBackend(String kind, String id) {
        return with(s -> s.addBackend(kind, id));
    }

    /**
     * {@return a machine with a block node, for devices and for jobs; it can have snapshots, as a qcow2 image}
     *
     * @param name its node name, an id
     * @param bytes how many it has, 0 or more
     */
    public FakeVm withNode(String name, long bytes) {
        return with(s -> s.addNode(name, bytes));
    }

    /**
     * {@return a machine whose jobs go as described, but for those of {@link #withJob}}
     *
     * @param job how they go
     */
    public FakeVm withJobs(FakeJob job) {
        return with(s -> s.plan = job.plan());
    }

    /**
     * {@return a machine whose jobs of an id go as described}
     *
     * @param id the {@code job-id} of their commands; {@code "dump-guest-memory"} for dumps
     * @param job how they go
     */
    public FakeVm withJob(String id, FakeJob job) {
        return with(s -> s.addPlan(id, job.plan()));
    }

    /**
     * {@return a machine that waits for the guest of another one, as {@code -incoming defer}: the state is
     * {@link RunState#INMIGRATE} until a machine of this process has migrated to the address of its {@code migrate-incoming}}
     */
    public FakeVm withIncoming() {
        return with(s -> s.incoming = true);
    }

    /**
     * {@return a machine whose guest moves as described; by default at once}
     *
     * @param migration how it moves to another machine; with {@link #withIncoming}, how loading it fails
     */
    public FakeVm withMigration(FakeMigration migration) {
        return with(s -> s.migration = migration.plan());
    }

    /**
     * {@return a machine with an object that devices can refer to, as {@code -object TYPE,id=ID...}}
     *
     * @param id its id
     * @param type its type, for example {@code "iothread"} or {@code "memory-backend-ram"}
     */
    public FakeVm withObject(String id, String type) {
        return with(s -> s.addObject(id, type));
    }

    /**
     * {@return a machine that knows a device driver that the QEMU of its profile has not. Its properties are not checked}
     *
     * @param name its name, which {@code device_add} and {@link #withDevice} take
     * @param bus {@code "pci"} or {@code "usb"}
     */
    public FakeVm withDriver(String name, String bus) {
        return with(s -> s.addDriver(DeviceDriver.of(name, bus)));
    }

    /**
     * {@return a machine of a type, as {@code -machine}. On a q35, {@code pcie.0} takes no devices while the machine runs;
     * the bus {@code rp0} of {@code withDevice("rp0", "pcie-root-port")} does}
     *
     * @param machine {@code "pc"}, which is the default, or {@code "q35"}
     */
    public FakeVm withMachine(String machine) {
        return with(s -> s.setMachine(machine));
    }

    /** {@return how many monitors it has} */
    public int monitors() {
        return settings.monitors;
    }

    /**
     * {@return a machine with several monitors, each on a socket of its own; events go to the clients of all of them}
     *
     * @param count how many in all, from 1 to 100; 1 by default
     */
    public FakeVm withMonitors(int count) {
        return with(s -> s.setMonitors(count));
    }

    /** {@return a machine that does not run until {@code cont}, as {@code -S}: the state is {@link RunState#PRELAUNCH}} */
    public FakeVm startsPaused() {
        return with(s -> s.state = MachineState.PRELAUNCH);
    }

    /**
     * {@return a machine that does what is said when something happens in the guest, as {@code -action event=action}}
     *
     * <ul>
     *   <li>{@code ("shutdown", "pause")} is {@code -no-shutdown}: SHUTDOWN, STOP, {@link RunState#SHUTDOWN} until a reset.
     *   <li>{@code ("reboot", "shutdown")} is {@code -no-reboot}: the machine shuts down where it would be reset.
     * </ul>
     *
     * @param event {@code "reboot"}, {@code "shutdown"}, {@code "panic"} or {@code "watchdog"}
     * @param action QEMU's for the event; by default {@code "reset"}, {@code "poweroff"}, {@code "shutdown"}, {@code "reset"}
     */
    public FakeVm withAction(String event, String action) {
        return with(s -> s.setAction(event, action));
    }

    /**
     * {@return a machine whose guest reacts to requests as described}
     *
     * @param guest all of it, in place of an earlier one; by default it does at once what is requested
     */
    public FakeVm withGuest(FakeGuestBehavior guest) {
        return with(s -> s.guest = guest.plan());
    }

    /**
     * {@return a machine whose monitors have a server with a change: more commands, other answers to some}
     *
     * @param change for example {@code server -> server.when("query-block").reply("[]")}; after those given earlier
     */
    public FakeVm withServer(UnaryOperator<FakeQmpServer> change) {
        UnaryOperator<FakeQmpServer> earlier = settings.server;
        return with(s -> s.server = server -> change.apply(earlier.apply(server)));
    }

    /** {@return the machine, started on UNIX sockets in temporary folders of their own} */
    public RunningFakeVm start() {
        return new RunningFakeVm(RunningMachine.start(settings, true, FakeQmpServer::startUnix));
    }

    /** {@return the machine, started on free TCP ports of 127.0.0.1} */
    public RunningFakeVm startTcp() {
        return new RunningFakeVm(RunningMachine.start(settings, true, FakeQmpServer::startTcp));
    }

    /**
     * {@return the machine, started and connected to a client that listens, as with {@code server=off}; it has no {@linkplain
     * RunningFakeVm#client() clients}. Each monitor connects once; if {@link #withServer} sets {@link
     * FakeQmpServer#withReconnect}, until a client listens, and again after its connection was closed, unless the machine has
     * ended}
     *
     * @param address where the client listens, that of {@code QmpListener.address()}
     * @throws RuntimeException whose cause is an IOException, if no client listens there and it does not reconnect
     */
    public RunningFakeVm startDialling(String address) {
        return new RunningFakeVm(RunningMachine.start(settings, false, server -> server.startDialling(address)));
    }

    private FakeVm with(Consumer<VmSettings> change) {
        return new FakeVm(settings.changed(change));
    }
}
