package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.test.internal.net.SocketFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a guest agent outside of any guest. */
public final class AgentCommand {

    /** What would do to this computer what is meant for a guest. */
    private static final List<String> REFUSED = List.of(
            "guest-shutdown",
            "guest-suspend-disk",
            "guest-suspend-ram",
            "guest-suspend-hybrid",
            "guest-set-time",
            "guest-set-user-password",
            "guest-set-vcpus",
            "guest-set-memory-blocks",
            "guest-fsfreeze-freeze",
            "guest-fsfreeze-freeze-list",
            "guest-fsfreeze-thaw",
            "guest-fstrim",
            "guest-ssh-add-authorized-keys",
            "guest-ssh-remove-authorized-keys",
            "guest-file-open",
            "guest-exec");

    private AgentCommand() {}

    public static List<String> of(Path program, List<String> args, SocketFolder folder, Path socket) {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(args);
        line.addAll(List.of("-m", "unix-listen", "-p", socket.toString()));
        line.addAll(
                List.of("-t", folder.path().toString(), "-f", folder.file("pid").toString()));
        // Behind what was asked for: nothing takes it back.
        line.addAll(List.of("-b", String.join(",", REFUSED)));
        return line;
    }
}
