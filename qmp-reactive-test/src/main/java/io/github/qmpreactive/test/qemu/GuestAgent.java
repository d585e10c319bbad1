package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.process.ListeningSocket;
import io.github.qmpreactive.test.internal.process.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts a guest agent outside of any guest. */
final class GuestAgent {

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

    private GuestAgent() {}

    static QemuProcess start(Path program, List<String> args, SocketFolder folder, Duration timeout)
            throws IOException {
        Path socket = folder.file("m0");
        Path output = folder.file("output");
        List<String> command = commandLine(program, args, folder, socket);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Watchdog.watch(process, folder);
        QemuProcess agent = new QemuProcess(process, command, List.of("unix:" + socket), folder, output);
        if (!ListeningSocket.await(socket, process, timeout)) {
            String what = process.isAlive() ? "did not listen within " + timeout : "ended";
            agent.close();
            throw new IllegalStateException(
                    String.join(" ", command) + "\n" + what + " and printed: " + agent.output());
        }
        return agent;
    }

    private static List<String> commandLine(Path program, List<String> args, SocketFolder folder, Path socket) {
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
