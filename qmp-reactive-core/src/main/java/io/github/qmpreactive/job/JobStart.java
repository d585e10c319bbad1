package io.github.qmpreactive.job;

import io.github.qmpreactive.message.QmpCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A command that starts jobs, completed with what following them needs: an id where there is none, and {@code
 * auto-dismiss: false} where QEMU permits it, so that an outcome waits until it is read.
 *
 * @param command the command to send
 * @param types the kind of each job that it starts, by id; empty where it is not known
 */
record JobStart(QmpCommand command, Map<String, String> types) {

    /**
     * A kind of job. {@code blockdev-create}, {@code x-blockdev-amend} and {@code snapshot-*} refuse {@code auto-dismiss}
     * (qapi/block-core.json, qapi/migration.json): their jobs always wait to be dismissed.
     */
    private record Kind(String type, boolean autoDismiss) {}

    private static final String TRANSACTION = "transaction";

    private static final Kind UNKNOWN = new Kind("", false);

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("blockdev-mirror", new Kind("mirror", true)),
            Map.entry("drive-mirror", new Kind("mirror", true)),
            Map.entry("blockdev-backup", new Kind("backup", true)),
            Map.entry("drive-backup", new Kind("backup", true)),
            Map.entry("block-stream", new Kind("stream", true)),
            Map.entry("block-commit", new Kind("commit", true)),
            Map.entry("blockdev-create", new Kind("create", false)),
            Map.entry("x-blockdev-amend", new Kind("amend", false)),
            Map.entry("snapshot-save", new Kind("snapshot-save", false)),
            Map.entry("snapshot-load", new Kind("snapshot-load", false)),
            Map.entry("snapshot-delete", new Kind("snapshot-delete", false)));

    /** Throws if a command starts no job, as far as can be known. */
    static void check(QmpCommand start) {
        if (of(start).types.isEmpty()) {
            throw new IllegalArgumentException(
                    start.name()
                            + (start.name().equals(TRANSACTION)
                                    ? " has no action that starts a job"
                                    : " is not known to start a job; give it a job-id, or run it and follow the job by its id"));
        }
    }

    /** The command for one run of it. */
    static JobStart of(QmpCommand start) {
        ObjectNode arguments = start.arguments();
        Map<String, String> types = new LinkedHashMap<>();
        if (start.name().equals(TRANSACTION)) {
            for (JsonNode action : arguments.path("actions")) {
                add(action.path("type").asString(""), action.path("data"), types);
            }
        } else {
            add(start.name(), arguments, types);
        }
        return new JobStart(start.arguments(arguments), types);
    }

    private static void add(String command, JsonNode data, Map<String, String> types) {
        Kind kind = KINDS.getOrDefault(command, UNKNOWN);
        if (!(data instanceof ObjectNode arguments) || (kind.equals(UNKNOWN) && !arguments.has("job-id"))) {
            return;
        }
        if (!arguments.has("job-id")) {
            arguments.put("job-id", kind.type + "-" + UUID.randomUUID());
        }
        if (kind.autoDismiss && !arguments.has("auto-dismiss")) {
            arguments.put("auto-dismiss", false);
        }
        types.put(arguments.path("job-id").asString(""), kind.type);
    }
}
