package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.vm.RunningMachine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
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
 *         .guestAnswersPowerdown(Duration.ofSeconds(3))
 *         .start()) {
 *     QmpClient client = vm.client();
 *     vm.guest().panics();
 * }
 * }</pre>
 *
 * <p>It behaves as {@code qemu-system-x86_64 -machine pc -usb} of its {@link #withProfile profile}'s version, with QEMU's
 * events, their order and QEMU's words for what it refuses. It knows the commands that the {@linkplain
 * io.github.qmpreactive.test.vm package} lists; {@link #withServer} adds others.
 */
public final class FakeVm {

    private final VmSettings settings;

    private FakeVm(VmSettings settings) {
        this.settings = settings;
    }

    /**
     * {@return a machine that runs as soon as it is started, with 1 processor, 128 MiB, one monitor and no devices that
     * could be removed. Its guest shuts down at once when the power button is pressed, and releases devices at once}
     */
    public static FakeVm create() {
        return new FakeVm(new VmSettings());
    }

    /**
     * {@return a machine with a name, as {@code -name}}
     *
     * @param name told by {@code query-name}
     */
    public FakeVm withName(String name) {
        return with(s -> s.name = name);
    }

    /**
     * {@return a machine with a UUID, as {@code -uuid}}
     *
     * @param uuid told by {@code query-uuid}; all zeros by default
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
     * @param count how many
     * @throws IllegalArgumentException if the number is not from 1 to 255, as on QEMU's pc
     */
    public FakeVm withCpus(int count) {
        return withCpus(count, count);
    }

    /**
     * {@return a machine to which processors can be added while it runs, as {@code -smp COUNT,maxcpus=MOST}}
     *
     * @param count how many it has from the beginning
     * @param most how many it can have
     * @throws IllegalArgumentException if a number is not from 1 to 255, or there are more than it can have
     */
    public FakeVm withCpus(int count, int most) {
        return with(s -> s.setCpus(count, most));
    }

    /**
     * {@return a machine with memory, as {@code -m}}
     *
     * @param bytes how much
     * @throws IllegalArgumentException if it is not a positive multiple of 8 KiB, to which QEMU would round it
     */
    public FakeVm withMemory(long bytes) {
        return with(s -> s.setMemory(bytes));
    }

    /**
     * {@return a machine to which memory can be added while it runs, as {@code -m SIZE,slots=SLOTS,maxmem=MOST}: a {@code
     * memory-backend-ram} by {@code object-add}, then a {@code pc-dimm} by {@code device_add}}
     *
     * @param bytes how much it has from the beginning
     * @param slots how many modules it can have
     * @param most how much memory it can have in all
     * @throws IllegalArgumentException as by {@link #withMemory(long)}; if it can have no more than it has; or if the
     *     slots are not from 1 to 256
     */
    public FakeVm withMemory(long bytes, int slots, long most) {
        return with(s -> s.setMemory(bytes, slots, most));
    }

    /**
     * {@return a machine with a device, as {@code -device driver,id=id} with all the properties that the driver needs}
     *
     * @param id by which {@code device_del} removes it; a letter, then letters, digits, {@code . _ -}
     * @param driver one of QEMU's device models. Those on USB are gone at once when they are removed, others when the
     *     guest releases them
     * @throws IllegalArgumentException if the id is no id or is taken; if this version of QEMU has no such driver; or for a
     *     {@code pc-dimm} or a processor, which {@code device_add} adds to the slots of {@link #withMemory(long, int, long)} and
     *     {@link #withCpus(int, int)}
     */
    public FakeVm withDevice(String id, String driver) {
        return with(s -> s.addDevice(id, driver));
    }

    /**
     * {@return a machine with a backend that devices can refer to, as {@code -netdev user,id=id}}
     *
     * @param kind {@code "blockdev"}, {@code "netdev"}, {@code "chardev"} or {@code "audiodev"}
     * @param id its id, or the node name of a block device
     * @throws IllegalArgumentException if there is no such kind, the id is no id, or a backend of this kind has it
     */
    public FakeVm withBackend(String kind, String id) {
        return with(s -> s.addBackend(kind, id));
    }

    /**
     * {@return a machine with a block node of a known size, for devices and for jobs; it can have snapshots, as a qcow2
     * image}
     *
     * @param name its node name
     * @param bytes how many it has
     * @throws IllegalArgumentException if the name is no id or is taken, or the size is negative
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
     * @throws IllegalArgumentException if the id is no id
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
     * @param migration how it moves to another machine, or, with {@link #withIncoming}, how loading it fails
     */
    public FakeVm withMigration(FakeMigration migration) {
        return with(s -> s.migration = migration.plan());
    }

    /**
     * {@return a machine with an object that devices can refer to, as {@code -object TYPE,id=ID...}}
     *
     * @param id its id
     * @param type its type, for example {@code "iothread"} or {@code "memory-backend-ram"}
     * @throws IllegalArgumentException if the id is no id, or an object has it
     */
    public FakeVm withObject(String id, String type) {
        return with(s -> s.addObject(id, type));
    }

    /**
     * {@return a machine that knows a device driver that the QEMU of its profile has not. Its properties are not
     * checked}
     *
     * @param name its name, which {@code device_add} and {@link #withDevice} take
     * @param bus {@code "pci"} or {@code "usb"}
     * @throws IllegalArgumentException if it is neither
     */
    public FakeVm withDriver(String name, String bus) {
        return with(s -> s.addDriver(DeviceDriver.of(name, bus)));
    }

    /**
     * {@return a machine of a type, as {@code -machine}. On a q35, {@code pcie.0} takes no devices while the machine runs;
     * the bus {@code rp0} of {@code withDevice("rp0", "pcie-root-port")} does}
     *
     * @param machine {@code "pc"}, which is the default, or {@code "q35"}
     * @throws IllegalArgumentException if it is neither
     */
    public FakeVm withMachine(String machine) {
        return with(s -> s.setMachine(machine));
    }

    /** {@return how many monitors it has: 1 unless {@link #withMonitors} said otherwise} */
    public int monitors() {
        return settings.monitors;
    }

    /**
     * {@return a machine with several monitors, each on a socket of its own; events go to the clients of all of them}
     *
     * @param count how many in all; 1 by default
     * @throws IllegalArgumentException if the number is not from 1 to 100
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
     *   <li>{@code ("shutdown", "pause")} is {@code -no-shutdown}: SHUTDOWN is followed by STOP, the state is {@link
     *       RunState#SHUTDOWN}, and only a reset makes the machine run again.
     *   <li>{@code ("reboot", "shutdown")} is {@code -no-reboot}: the machine shuts down where it would be reset.
     * </ul>
     *
     * @param event {@code "reboot"}, {@code "shutdown"}, {@code "panic"} or {@code "watchdog"}
     * @param action one of those that QEMU has for it; by default {@code reset}, {@code poweroff}, {@code shutdown}, {@code
     *     reset}
     * @throws IllegalArgumentException if QEMU has no such event or action; the message lists those that it has
     */
    public FakeVm withAction(String event, String action) {
        return with(s -> s.setAction(event, action));
    }

    /**
     * {@return a machine whose guest shuts down when the power button is pressed ({@code system_powerdown}); one that is
     * stopped by then, when it goes on; one that has not run since its start or its reset, never}
     *
     * @param delay after which, by the clock of {@code Schedulers.parallel()}, virtual in {@code withVirtualTime}
     */
    public FakeVm guestAnswersPowerdown(Duration delay) {
        Checks.delay(delay);
        return with(s -> s.powerdown = delay);
    }

    /** {@return a machine whose guest takes no notice of the power button, as one that hangs, or has not booted yet} */
    public FakeVm guestIgnoresPowerdown() {
        return with(s -> s.powerdown = null);
    }

    /**
     * {@return a machine whose guest releases a device as {@code device_del} asks, if it has to}
     *
     * @param delay after which, by the same clock as that of {@link #guestAnswersPowerdown}
     */
    public FakeVm guestReleasesDevices(Duration delay) {
        Checks.delay(delay);
        return with(s -> s.releases(delay, false));
    }

    /** {@return a machine whose guest takes no notice of {@code device_del} until {@link FakeGuest#releases} or a reset} */
    public FakeVm guestKeepsDevices() {
        return with(s -> s.release = null);
    }

    /**
     * {@return a machine whose guest refuses to release devices, as by {@link FakeGuest#refuses}}
     *
     * @param delay after which, by the same clock as that of {@link #guestAnswersPowerdown}
     */
    public FakeVm guestRefusesUnplug(Duration delay) {
        Checks.delay(delay);
        return with(s -> s.releases(delay, true));
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

    /**
     * Starts it on UNIX sockets, in temporary folders of their own; blocks until it listens.
     *
     * @return the machine, to be closed
     * @throws AssertionError if it does not listen within 10 s
     */
    public RunningFakeVm start() {
        return start(true, FakeQmpServer::startUnix);
    }

    /**
     * Starts it on TCP ports of 127.0.0.1 that are free; blocks until it listens.
     *
     * @return the machine, to be closed
     * @throws AssertionError if it does not listen within 10 s
     */
    public RunningFakeVm startTcp() {
        return start(true, FakeQmpServer::startTcp);
    }

    /**
     * Starts it with its monitors connected to a client that listens, in place of listening itself, as {@code server=off}
     * does; blocks until they are connected.
     *
     * <ul>
     *   <li>Each monitor connects once. With {@code withServer(server -> server.withReconnect(interval))} it tries
     *       until a client listens, and again after its connection was closed, as with {@code reconnect}, but for
     *       a machine that has ended.
     * </ul>
     *
     * @param address where the client listens, as {@code QmpListener.address()} tells it
     * @return the machine, to be closed; it has no {@linkplain RunningFakeVm#client() clients}
     * @throws IllegalArgumentException if that is no address
     * @throws RuntimeException whose cause is an IOException, if no client listens there and it is not to dial again
     */
    public RunningFakeVm startDialling(String address) {
        return start(false, server -> server.startDialling(address));
    }

    private RunningFakeVm start(boolean listens, Function<FakeQmpServer, RunningFakeQmpServer> start) {
        return new RunningFakeVm(RunningMachine.start(settings, listens, start));
    }

    private FakeVm with(Consumer<VmSettings> change) {
        return new FakeVm(settings.changed(change));
    }
}
