package io.github.qmpreactive.test.profile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What values a property of a device takes. Immutable.
 *
 * @param values {@code "bool"}, {@code "integer"} or {@code "size"}; {@code "choice"} and the choices; {@code "blockdev"}, {@code
 *     "netdev"}, {@code "chardev"} or {@code "audiodev"} for the name of such a backend; {@code "object"} and the types of
 *     objects whose id it can be; {@code "text"} for any other text
 * @param refusals QEMU's descriptions of the errors for values that it does not take, by what the value is: a {@code
 *     "string"}, a {@code "number"}, a {@code "bool"}, {@code "other"} JSON, or the id of an object of another {@code "type"};
 *     with <code>{name}</code>, <code>{owner}</code> and <code>{value}</code>
 */
public record PropertyKind(List<String> values, Map<String, String> refusals) {

    /** Of the table. */
    static PropertyKind parse(List<String> columns) {
        Map<String, String> refusals = new LinkedHashMap<>();
        for (String column : columns.subList(1, columns.size())) {
            int end = column.indexOf('=');
            refusals.put(column.substring(0, end), column.substring(end + 1));
        }
        return new PropertyKind(List.of(columns.get(0).split(" ", -1)), Map.copyOf(refusals));
    }
}
