package io.github.qmpreactive.schema;

import tools.jackson.databind.json.JsonMapper;

/** Small schemas. */
final class Schemas {

    /** With each kind of type, a type that contains itself, and features at every place that may have some. */
    static final String SMALL = """
            {"meta-type": "command", "name": "add", "arg-type": "0", "ret-type": "5", "features": ["json-cli"]},
            {"meta-type": "command", "name": "del", "arg-type": "5", "ret-type": "[2]", "allow-oob": true},
            {"meta-type": "event", "name": "GONE", "arg-type": "6", "features": ["unstable"]},
            {"meta-type": "object", "name": "0", "tag": "kind", "features": ["fdset"],
             "members": [
                {"name": "kind", "type": "1"},
                {"name": "size", "type": "int", "default": null, "features": ["deprecated"]},
                {"name": "backing", "type": "3", "default": null},
                {"name": "*odd", "type": "str", "default": null}],
             "variants": [{"case": "raw", "type": "4"}, {"case": "null", "type": "5"}]},
            {"meta-type": "enum", "name": "1", "values": ["raw", "null"],
             "members": [{"name": "raw"}, {"name": "null", "features": ["unstable"]}]},
            {"meta-type": "enum", "name": "2", "values": ["old"]},
            {"meta-type": "array", "name": "[2]", "element-type": "2"},
            {"meta-type": "alternate", "name": "3", "members": [{"type": "str"}, {"type": "null"}, {"type": "0"}]},
            {"meta-type": "object", "name": "4", "members": [{"name": "files", "type": "[0]"}]},
            {"meta-type": "array", "name": "[0]", "element-type": "0"},
            {"meta-type": "object", "name": "5", "members": []},
            {"meta-type": "object", "name": "6", "members": [{"name": "id", "type": "str"}]},
            {"meta-type": "builtin", "name": "str", "json-type": "string"},
            {"meta-type": "builtin", "name": "null", "json-type": "null"},
            {"meta-type": "builtin", "name": "int", "json-type": "int"}
            """;

    private Schemas() {}

    static QmpSchema small() {
        return of(SMALL);
    }

    /** A schema of entries without brackets around them. */
    static QmpSchema of(String entries) {
        return QmpSchema.of(JsonMapper.shared().readTree("[" + entries + "]"));
    }

    /** The small one, changed. */
    static QmpSchema changed(String before, String now) {
        if (!SMALL.contains(before)) {
            throw new AssertionError(before);
        }
        return of(SMALL.replace(before, now));
    }
}
