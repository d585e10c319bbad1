package io.github.qmpreactive.console;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where the machines are, as one line: {@code web=unix:/run/web.sock,db=tcp:10.0.0.5:4444}. */
final class Addresses {

    private Addresses() {}

    /** The addresses by the names of the machines, in order. */
    static Map<String, String> of(String line) {
        Map<String, String> machines = new LinkedHashMap<>();
        for (String machine : line.split(",", -1)) {
            if (machine.isBlank()) {
                continue;
            }
            int equals = machine.indexOf('=');
            String name = machine.substring(0, Math.max(equals, 0)).strip();
            if (!name.matches("[\\w.-]{1,40}")) {
                // Without the text: it may be the address alone, and this is logged.
                throw new IllegalArgumentException("console.machines has to be NAME=ADDRESS,NAME=ADDRESS...;"
                        + " a NAME has letters, digits, dots and dashes, 40 at most");
            }
            if (machines.put(name, machine.substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException("console.machines has two machines named " + name);
            }
        }
        return machines;
    }
}
