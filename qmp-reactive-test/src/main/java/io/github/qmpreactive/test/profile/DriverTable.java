package io.github.qmpreactive.test.profile;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The device drivers of a QEMU, read from lines of columns that are separated by tabs. */
record DriverTable(Map<String, DeviceDriver> byName, Map<String, String> aliases) {

    static DriverTable parse(List<String> lines) {
        Map<String, DeviceDriver> byName = new TreeMap<>();
        Map<String, String> aliases = new TreeMap<>();
        for (String line : lines) {
            List<String> columns = List.of(line.split("\t"));
            if (columns.get(1).equals("alias")) {
                aliases.put(columns.get(0), columns.get(2));
            } else {
                byName.put(columns.get(0), DeviceDriver.parse(columns));
            }
        }
        return new DriverTable(Collections.unmodifiableMap(byName), Collections.unmodifiableMap(aliases));
    }
}
