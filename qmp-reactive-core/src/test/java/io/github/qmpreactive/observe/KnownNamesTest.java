package io.github.qmpreactive.observe;

import static io.github.qmpreactive.observe.KnownNames.MAX_ANSWERED;
import static io.github.qmpreactive.observe.KnownNames.MAX_UNANSWERED;
import static io.github.qmpreactive.observe.KnownNames.UNKNOWN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.observe.CommandEnd.Outcome;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The names of commands that become tags")
class KnownNamesTest {

    private static final CommandEnd SUCCESS = new CommandEnd(Outcome.SUCCESS, true, null, null);
    private static final CommandEnd TIMEOUT = new CommandEnd(Outcome.TIMEOUT, true, null, null);

    private final KnownNames names = new KnownNames();

    private String run(String name, CommandEnd end) {
        return names.ended(name, names.began(name), end);
    }

    private static CommandEnd error(String errorClass) {
        return new CommandEnd(Outcome.ERROR, true, errorClass, null);
    }

    @Test
    @DisplayName("are those that QEMU answers, with success or an error of another class than CommandNotFound")
    void answered() {
        assertEquals("stop", run("stop", SUCCESS));
        assertEquals("cont", run("cont", error("GenericError")));
        assertEquals(UNKNOWN, run("garbage", error("CommandNotFound")));
        assertEquals("stop", run("stop", error("CommandNotFound")), "another QEMU has it");
    }

    @Test
    @DisplayName(
            "are a bounded number of those that are not answered, whatever becomes of them; QEMU's own take no place")
    void bounded() {
        Set<String> tags = new TreeSet<>();
        for (int i = 0; i < 10 * MAX_UNANSWERED; i++) {
            tags.add(run("real-" + i % 300, SUCCESS));
            tags.add(run("timeout-" + i, TIMEOUT));
            tags.add(names.began("garbage-" + i));
            tags.add(run("garbage-" + i, error("CommandNotFound")));
        }
        assertEquals(300 + MAX_UNANSWERED + 1, tags.size());
        assertEquals(UNKNOWN, names.began("y".repeat(KnownNames.MAX_LENGTH + 1)));
    }

    @Test
    @DisplayName("are spelled as QEMU's are: a line of another program, whose arguments may be secret, is unknown")
    void spelling() {
        assertEquals(UNKNOWN, names.began("set_password vnc hunter2"));
        assertEquals(UNKNOWN, run("set_password vnc hunter2", SUCCESS));
        assertEquals(UNKNOWN, run("(raw message)", TIMEOUT));
        assertEquals("__com.redhat_x-2", run("__com.redhat_x-2", SUCCESS));
    }

    @Test
    @DisplayName("are a bounded number for a server that answers everything")
    void hostile() {
        Set<String> tags = new TreeSet<>();
        for (int i = 0; i < 2 * MAX_ANSWERED; i++) {
            tags.add(run("x" + i, SUCCESS));
        }
        assertEquals(MAX_ANSWERED + 1, tags.size());
    }
}
