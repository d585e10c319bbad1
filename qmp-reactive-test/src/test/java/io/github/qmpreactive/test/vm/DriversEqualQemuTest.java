package io.github.qmpreactive.test.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What {@code drivers.txt} has of QEMU 7.2. A distribution may have left out some of its drivers. */
@Qemu(
        version = "7.2",
        args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-usb"})
@ExtendWith(LeakGuard.class)
@DisplayName("The drivers that a FakeVm knows are those of QEMU:")
class DriversEqualQemuTest {

    /** QEMU dies when the first two are removed; the third looks for a key in this computer. */
    private static final Set<String> LEFT_OUT = Set.of("rocker", "i82801b11-bridge", "u2f-passthru");

    private static final int MACHINES = 4;

    private static Set<String> installed;

    @TempDir
    Path folder;

    @BeforeAll
    static void ask(QmpSession qemu) {
        installed = Objects.requireNonNull(qemu.execute("qom-list-types", Map.of("implements", "device"))
                        .block(Witness.PATIENCE))
                .valueStream()
                .map(type -> type.path("name").asString())
                .collect(Collectors.toSet());
    }

    private static List<Driver> drivers(Predicate<Driver> which) {
        return Drivers.all().stream()
                .filter(driver -> installed.contains(driver.name()) && !LEFT_OUT.contains(driver.name()))
                .filter(driver -> !driver.isOther())
                .filter(which)
                .sorted(Comparator.comparing(Driver::name))
                .toList();
    }

    private static boolean isPlugged(Driver driver) {
        return driver.refusal() == null && driver.needs().isEmpty();
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
        List<Driver> drivers = drivers(driver -> !isPlugged(driver));
        // QEMU sleeps for 60 ms before it refuses a device: several do so at a time.
        Flux.range(0, MACHINES)
                .flatMap(machine -> Mono.fromRunnable(() -> isRefused(IntStream.range(0, drivers.size())
                                .filter(i -> i % MACHINES == machine)
                                .mapToObj(drivers::get)
                                .toList()))
                        .subscribeOn(Schedulers.boundedElastic()))
                .blockLast(Witness.PATIENCE);
    }

    private void isRefused(List<Driver> drivers) {
        compare(VmScenario.of("refused").paused().steps(d -> {
            drivers.forEach(driver -> d.send(add(driver)));
            d.send("qom-list {'path': '/machine/peripheral'}");
        }));
    }

    @Test
    @DisplayName("those that can, and what is heard when they are removed")
    void plugged() {
        comesAndGoes(drivers(driver -> isPlugged(driver) && !isFrail(driver)));
        drivers(driver -> isPlugged(driver) && isFrail(driver)).forEach(driver -> comesAndGoes(List.of(driver)));
    }

    /** QEMU dies when such a device is plugged where another has been. */
    private static boolean isFrail(Driver driver) {
        return driver.name().startsWith("i82") || driver.name().equals("tulip");
    }

    private void comesAndGoes(List<Driver> drivers) {
        compare(VmScenario.of("plugged")
                .paused()
                .steps(d -> drivers.forEach(driver -> {
                    d.send(add(driver)).send("qom-list {'path': '/machine/peripheral'}");
                    if (driver.isPci()) {
                        d.send("device_del {'id': 'a'}").send("system_reset", events(driver, "RESET"));
                    } else {
                        d.send("device_del {'id': 'a'}", events(driver));
                    }
                })));
    }

    @Test
    @DisplayName("all others cannot be plugged into any machine that runs")
    void unknown(QmpSession qemu) {
        List<String> refusals = Flux.fromIterable(installed)
                .filter(name -> Drivers.find(name) == null)
                .concatMap(name -> qemu.execute("device_add", Map.of("driver", name))
                        .map(reply -> name + ": " + reply)
                        .onErrorResume(ExecuteError.class, e -> Flux.just(e.description())
                                .next()))
                .distinct()
                .collectList()
                .block(Witness.PATIENCE);
        assertEquals(List.of("Parameter 'driver' expects a pluggable device type"), refusals);
    }

    private static String add(Driver driver) {
        return "device_add {'driver': '" + driver.name() + "', 'id': 'a'}";
    }

    private static String[] events(Driver driver, String... before) {
        long deleted = driver.isSilent() ? 0 : driver.parts().size() + 1;
        return Stream.concat(
                        Arrays.stream(before),
                        Stream.generate(() -> "DEVICE_DELETED").limit(deleted))
                .toArray(String[]::new);
    }
}
