package io.github.qmpreactive.test.internal.schema;

import io.github.qmpreactive.test.internal.glib.GlibHashTable;
import io.github.qmpreactive.test.internal.json.MemberOrder;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Which of several members that were not asked for QEMU complains of: the first in GLib's hash table. */
final class LeftOver {

    private LeftOver() {}

    /**
     * The member.
     *
     * @param object an object
     * @param visited those of its members that were asked for, in order, at least one less than it has
     * @return the name of one that was not
     */
    static String first(JsonNode object, Set<String> visited) {
        GlibHashTable table = new GlibHashTable();
        for (Map.Entry<String, JsonNode> member : MemberOrder.of(object)) {
            table.add(member.getKey());
        }
        visited.forEach(table::remove);
        return table.keys().get(0);
    }
}
