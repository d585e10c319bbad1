package io.github.qmpreactive.test.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.TinyGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What the profile has of the drivers of this QEMU. A distribution may have left out some of them. */
@Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-usb"})
@ExtendWith(LeakGuard.class)
@Tag("long")
@DisplayName("The drivers that a FakeVm knows are those of QEMU:")
class DriversEqualQemuTest {

    /** QEMU dies when the first two are removed; the third has parts whose numbers depend on all devices before it. */
    private static final Set<String> LEFT_OUT = Set.of("rocker", "i82801b11-bridge", "igb");

    private static final Pattern REFUSED = Pattern.compile("Parameter 'driver' expects a pluggable device type"
            + "|No '.*' bus found for device '.*'"
            + "|Device '.*' (does not support hotplugging|can not be hotplugged on this machine)"
            + "|Invalid CPU type, expected cpu type: '.*'"
            + "|CPU core-id is not set");

    private static final int MACHINES = 4;

    private static Set<String> installed;
    private static QemuProfile profile;

    @TempDir
    Path folder;

    @BeforeAll
    static void ask(QmpSession qemu) {
        profile = QemuWords.required(QemuBinary.SYSTEM);
        installed = Objects.requireNonNull(qemu.execute("qom-list-types", Map.of("implements", "device"))
                        .block(Witness.PATIENCE))
                .valueStream()
                .map(type -> type.path("name").asString())
                .collect(Collectors.toSet());
    }

    private static List<DeviceDriver> drivers(Predicate<DeviceDriver> which) {
        return profile.drivers().stream()
                .filter(driver -> installed.contains(driver.name()) && !LEFT_OUT.contains(driver.name()))
                .filter(driver -> !driver.isOther())
                .filter(which)
                .sorted(Comparator.comparing(DeviceDriver::name))
                .toList();
    }

    private static boolean isPlugged(DeviceDriver driver) {
        return driver.refusal().isEmpty() && driver.needs().isEmpty();
    }

    private void compare(VmScenario scenario) {
        try {
            Path own = Files.createTempDirectory(folder, "vm");
            assertEquals(String.join("\n", scenario.atQemu(own)), String.join("\n", scenario.atFake()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("those that cannot be plugged, or not without properties")
    void refused() {
        List<DeviceDriver> drivers = drivers(driver -> !isPlugged(driver));
        // QEMU sleeps for 60 ms before it refuses a device: several do so at a time.
        Flux.range(0, MACHINES)
                .flatMap(machine -> Mono.fromRunnable(() -> isRefused(IntStream.range(0, drivers.size())
                                .filter(i -> i % MACHINES == machine)
                                .mapToObj(drivers::get)
                                .toList()))
                        .subscribeOn(Schedulers.boundedElastic()))
                .blockLast(Patience.MANY);
    }

    private void isRefused(List<DeviceDriver> drivers) {
        compare(VmScenario.of("refused").paused().steps(d -> {
            drivers.forEach(driver -> d.send(add(driver)));
            d.send("qom-list {'path': '/machine/peripheral'}");
        }));
    }

    @Test
    @DisplayName("those that can, and what is heard when they are removed")
    void plugged() {
        comesAndGoes(drivers(driver -> isPlugged(driver) && !isFrail(driver) && !driver.isSilent()));
        drivers(driver -> isPlugged(driver) && isFrail(driver)).forEach(driver -> comesAndGoes(List.of(driver)));
    }

    @Test
    @DisplayName("those that can, and of whose removal nothing is heard")
    void silent() {
        List<DeviceDriver> drivers = drivers(driver -> isPlugged(driver) && driver.isSilent());
        compare(VmScenario.of("silent")
                .paused()
                .steps(d -> drivers.forEach(driver -> d.send(add(driver))
                        .send("device_del {'id': 'a'}")
                        .send("system_reset", "RESET")
                        .send("device_del {'id': 'a'}"))));
    }

    /** QEMU dies when such a device is plugged where another has been. */
    private static boolean isFrail(DeviceDriver driver) {
        return driver.name().startsWith("i82") || driver.name().equals("tulip");
    }

    private void comesAndGoes(List<DeviceDriver> drivers) {
        compare(VmScenario.of("plugged")
                // Not by a reset, which ends QEMU 10 and 11 where some devices are removed by it.
                .guest(TinyGuest.RELEASES_DEVICES, FakeGuestBehavior.create())
                .steps(d -> drivers.forEach(driver -> d.send(add(driver))
                        .send("qom-list {'path': '/machine/peripheral'}")
                        .send("device_del {'id': 'a'}", DeviceScenarios.deleted(driver.name())))));
    }

    @Test
    @DisplayName("all others cannot be plugged into such a machine while it runs")
    void unknown(QmpSession qemu) {
        List<String> others = Flux.fromIterable(installed)
                .filter(name -> profile.driver(name).isEmpty())
                .concatMap(name -> qemu.execute("device_add", Map.of("driver", name))
                        .map(JsonNode::toString)
                        .onErrorResume(ExecuteError.class, e -> Mono.just(e.description()))
                        .filter(answer -> !REFUSED.matcher(answer).matches())
                        .map(answer -> name + ": " + answer))
                .collectList()
                .block(Patience.MANY);
        assertEquals(List.of(), others);
    }

    private static String add(DeviceDriver driver) {
        return "device_add {'driver': '" + driver.name() + "', 'id': 'a'}";
    }
}
