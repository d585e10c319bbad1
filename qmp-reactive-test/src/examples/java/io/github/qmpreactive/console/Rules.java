package io.github.qmpreactive.console;

import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Which commands a person may send, and which only after a second question. */
@Component
class Rules {

    private static final Pattern READS = Pattern.compile("query-.*|qom-list.*|qom-get|device-list-properties");

    /** They end or destroy something, or may do anything. */
    private static final Set<String> DESTROYS = Set.of(
            "quit",
            "system_reset",
            "system_powerdown",
            "eject",
            "block_resize",
            "blockdev-create",
            "human-monitor-command",
            "migrate",
            "snapshot-load",
            "snapshot-delete",
            "job-cancel",
            "block-job-cancel",
            "nbd-server-stop",
            "x-colo-lost-heartbeat",
            "inject-nmi");

    private static final Pattern REMOVES = Pattern.compile(".*[-_](?:del|delete|remove)(?:[-_].*)?");

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

    static boolean asksFirst(String command) {
        return DESTROYS.contains(command) || REMOVES.matcher(command).matches();
    }

    /** Refuses what may not be done: 403 if all that changes something is, 428 if it was not confirmed. */
    void check(String command, boolean confirmed) {
        if (command.isBlank()) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "There is no command");
        }
        if (readOnly && !reads(command)) {
            throw new ResponseStatusException(HttpStatus.FORBIDDEN, "The console is read-only");
        }
        if (asksFirst(command) && !confirmed) {
            throw new ResponseStatusException(HttpStatus.PRECONDITION_REQUIRED, command + " has to be confirmed");
        }
    }
}
