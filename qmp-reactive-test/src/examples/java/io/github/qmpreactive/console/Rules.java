package io.github.qmpreactive.console;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Which commands a person may send, and which only after a second question. */
@Component
class Rules {

    private static final Pattern READS = Pattern.compile("query-.*|qom-list.*|qom-get|device-list-properties");

    /** They add something, or can be undone. All others are asked about, those of later versions of QEMU included. */
    private static final Set<String> HARMLESS = Set.of(
            "stop",
            "system_wakeup",
            "announce-self",
            "device_add",
            "blockdev-add",
            "blockdev-snapshot",
            "block-dirty-bitmap-add",
            "block-dirty-bitmap-enable",
            "block-dirty-bitmap-disable",
            "block-stream",
            "block-job-pause",
            "block-job-resume",
            "block-job-set-speed",
            "block_set_io_throttle",
            "job-pause",
            "job-resume",
            "snapshot-save",
            "migrate-set-capabilities",
            "migrate-set-parameters");

    private static final Set<String> MOVED = Set.of("finish-migrate", "postmigrate");

    private final boolean readOnly;

    Rules(@Value("${console.read-only:false}") boolean readOnly) {
        this.readOnly = readOnly;
    }

    boolean readOnly() {
        return readOnly;
    }

    static boolean reads(String command) {
        return READS.matcher(command).matches();
    }

    /** A transaction is asked about for each of its actions; {@code cont} unless the guest is known not to have moved: it may run elsewhere. */
    static boolean asksFirst(String command, JsonNode arguments, @Nullable String status) {
        if (command.equals("transaction")) {
            return arguments
                    .path("actions")
                    .valueStream()
                    .anyMatch(action -> asksFirst(action.path("type").asString(""), action.path("data"), status));
        }
        if (command.equals("cont")) {
            return status == null || MOVED.contains(status);
        }
        return !reads(command) && !HARMLESS.contains(command);
    }

    /** As below, of a command whose name says it all. */
    void check(String command, boolean confirmed) {
        check(command, MissingNode.getInstance(), null, confirmed);
    }

    /**
     * Refuses what may not be done: 403 if all that changes something is, 428 if it was not confirmed.
     *
     * @param status the run state of the machine, if it is known
     */
    void check(String command, JsonNode arguments, @Nullable String status, boolean confirmed) {
        if (command.isBlank()) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "There is no command");
        }
        if (!reads(command)) {
            checkChange();
        }
        if (Secrets.mayShow(command, arguments)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, command + " may show a secret there");
        }
        if (asksFirst(command, arguments, status) && !confirmed) {
            throw new ResponseStatusException(HttpStatus.PRECONDITION_REQUIRED, command + " has to be confirmed");
        }
    }

    /** Refuses what is no query, if the console is read-only. */
    void checkChange() {
        if (readOnly) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, "The console is read-only");
        }
    }
}
