package io.github.qmpreactive.test.vm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The device models of QEMU. */
final class Drivers {

    private static final Map<String, Driver> BY_NAME = new HashMap<>();
    private static final Map<String, String> ALIASES = new HashMap<>();

    static {
        read();
    }

    private Drivers() {}

    /** By its name or its alias; null if there is none. */
    static @Nullable Driver find(String name) {
        return BY_NAME.get(ALIASES.getOrDefault(name, name));
    }

    static Collection<Driver> all() {
        return BY_NAME.values();
    }

    /** The names that QEMU takes for others. */
    static Map<String, String> aliases() {
        return ALIASES;
    }

    private static void read() {
        try (InputStream stream = Drivers.class.getResourceAsStream("drivers.txt")) {
            if (stream == null) {
                throw new IllegalStateException("The test kit's jar is incomplete: it lacks drivers.txt");
            }
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split("\t")))
                    .forEach(Drivers::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void add(List<String> columns) {
        if (columns.get(1).equals("alias")) {
            ALIASES.put(columns.get(0), columns.get(2));
        } else {
            BY_NAME.put(columns.get(0), Driver.parse(columns));
        }
    }
}
