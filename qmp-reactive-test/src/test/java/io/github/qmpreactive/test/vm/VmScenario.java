package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/** A machine, in both forms, and what is done to it. */
final class VmScenario {

    private static final int MONITORS = 2;

    private final String name;
    private FakeVm fake = machine().withMemory(32L << 20);
    private final List<String> args = new ArrayList<>(List.of("-machine", "pc", "-accel", "tcg", "-m", "32", "-usb"));
    private boolean running = true;
    private boolean ofVersion;
    private TinyGuest guest = TinyGuest.IGNORES_POWERDOWN;
    private boolean hasData;
    private Consumer<Dialogue> steps = dialogue -> {};

    private VmScenario(String name) {
        this.name = name;
    }

    /** A fake of the version that QEMU is of, with as many monitors as each scenario has. */
    static FakeVm machine() {
        return FakeVm.create()
                .withProfile(QemuWords.nearest(QemuBinary.SYSTEM))
                .withMonitors(MONITORS)
                .withServer(server -> server.when("quit_").commandNotFound());
    }

    /** A machine that runs, with a guest that takes no notice of anything. */
    static VmScenario of(String name) {
        return new VmScenario(name)
                .fake(vm -> vm.withGuest(
                        FakeGuestBehavior.create().ignoresPowerdown().keepsDevices()));
    }

    /** What happens in it changed between versions. */
    VmScenario ofVersion() {
        ofVersion = true;
        return this;
    }

    boolean isOfVersion() {
        return ofVersion;
    }

    /** Another machine than a pc. */
    VmScenario machine(String machine) {
        args.set(1, machine);
        return fake(vm -> vm.withMachine(machine));
    }

    VmScenario paused() {
        running = false;
        return fake(FakeVm::startsPaused);
    }

    /** The same thing in both forms. */
    VmScenario with(UnaryOperator<FakeVm> change, String... sameArgs) {
        args.addAll(List.of(sameArgs));
        return fake(change);
    }

    VmScenario noShutdown() {
        return with(vm -> vm.withAction("shutdown", "pause"), "-no-shutdown");
    }

    VmScenario noReboot() {
        return with(vm -> vm.withAction("reboot", "shutdown"), "-no-reboot");
    }

    VmScenario guest(TinyGuest real, FakeGuestBehavior same) {
        guest = real;
        return fake(vm -> vm.withGuest(same));
    }

    /** A guest that does something of its own accord, where the steps tell the fake's to. */
    VmScenario guest(TinyGuest real, String... itsDevice) {
        guest = real;
        args.addAll(List.of(itsDevice));
        return this;
    }

    /** Where steps say {@code @/data}, there is a file of 1 MiB that is full of data. */
    VmScenario hasData() {
        hasData = true;
        return this;
    }

    VmScenario steps(Consumer<Dialogue> steps) {
        this.steps = steps;
        return this;
    }

    List<String> atFake() {
        try (RunningFakeVm vm = fake.start()) {
            return run(new Dialogue.Target(
                    List.of(vm.address(0), vm.address(1)),
                    Path.of("of", "the", "fake"),
                    action -> action.accept(vm.guest()),
                    registers -> {},
                    boots -> {},
                    vm::terminate,
                    vm::kill));
        }
    }

    List<String> atQemu(Path folder) {
        if (hasData) {
            writeData(folder.resolve("data"));
        }
        Path firmware = guest.writeTo(folder.resolve("guest.rom"));
        QemuLauncher launcher = QemuLauncher.system()
                .withArgs(args.toArray(String[]::new))
                .withArgs("-bios", firmware.toString())
                .withMonitors(MONITORS + 1);
        try (QemuProcess qemu = (running ? launcher.running() : launcher).start()) {
            return run(new Dialogue.Target(
                    List.of(qemu.address(0), qemu.address(1)),
                    folder,
                    action -> {},
                    registers -> write(registers, qemu.address(MONITORS)),
                    boots -> TinyGuest.awaitBoot(qemu.address(MONITORS), boots),
                    qemu::terminate,
                    qemu::kill));
        }
    }

    private static void write(List<String> registers, String monitor) {
        QmpClient.create()
                .address(monitor)
                .withSession(session -> Flux.fromIterable(registers)
                        .concatMap(line -> session.execute("human-monitor-command", Map.of("command-line", line))))
                .blockLast(Witness.PATIENCE);
    }

    private static void writeData(Path file) {
        byte[] bytes = new byte[1 << 20];
        Arrays.fill(bytes, (byte) 1);
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> run(Dialogue.Target target) {
        Dialogue dialogue = new Dialogue(target, running);
        steps.accept(dialogue);
        return dialogue.transcript();
    }

    /** What the fake alone has to be told. */
    VmScenario fake(UnaryOperator<FakeVm> change) {
        fake = change.apply(fake);
        return this;
    }

    @Override
    public String toString() {
        return name;
    }
}
