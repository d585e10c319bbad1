package io.github.qmpreactive.test.profile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** The properties of the devices of a QEMU, by driver and by name. */
record PropertyTable(Map<String, Map<String, DeviceProperty>> byDriver) {

    /** Reads what {@code PropertyProbe} writes, with gzip. */
    static PropertyTable parse(byte[] zipped) {
        Map<String, PropertyKind> kinds = new HashMap<>();
        Map<String, Map<String, DeviceProperty>> byDriver = new HashMap<>();
        for (String line : text(zipped).lines().filter(l -> !l.startsWith("#")).toList()) {
            List<String> columns = List.of(line.split("\t", -1));
            if (columns.get(0).equals("kind")) {
                kinds.put(columns.get(1), PropertyKind.parse(columns.subList(2, columns.size())));
            } else {
                Map<String, DeviceProperty> properties = new HashMap<>();
                for (String column : columns.subList(2, columns.size())) {
                    DeviceProperty property = property(column, columns.get(1), kinds);
                    properties.put(property.name(), property);
                }
                byDriver.put(columns.get(1), Map.copyOf(properties));
            }
        }
        return new PropertyTable(Map.copyOf(byDriver));
    }

    private static DeviceProperty property(String column, String driver, Map<String, PropertyKind> kinds) {
        int end = column.lastIndexOf('=');
        String[] kindAndOwner = column.substring(end + 1).split("@", 2);
        PropertyKind kind = kinds.get(kindAndOwner[0]);
        if (kind == null) {
            throw new IllegalArgumentException("Unknown kind of a property: " + driver + ", " + column);
        }
        return new DeviceProperty(column.substring(0, end), kind, kindAndOwner.length > 1 ? kindAndOwner[1] : driver);
    }

    private static String text(byte[] zipped) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
