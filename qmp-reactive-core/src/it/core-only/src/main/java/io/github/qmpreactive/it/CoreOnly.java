package io.github.qmpreactive.it;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ConnectError;
import io.netty.util.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** Uses the client with nothing on the class path but what the client itself brings. */
public final class CoreOnly {
    private CoreOnly() {}

    public static void main(String[] args) {
        Set<String> netty = Version.identify().values().stream()
                .map(Version::artifactVersion)
                .collect(Collectors.toSet());
        if (netty.size() != 1) {
            throw new AssertionError(
                    "Netty in more than one version: " + Version.identify().values());
        }
        Path missing = Path.of("no-such-folder", "qmp.sock");
        try {
            Object session = QmpClient.create().unixSocket(missing).connect().block(Duration.ofSeconds(20));
            throw new AssertionError("a session where there is no socket: " + session);
        } catch (ConnectError expected) {
            System.out.println("As expected: " + expected + ", Netty " + netty);
        }
    }
}
