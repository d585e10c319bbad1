package io.github.qmpreactive.it;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.observe.QmpObserver;
import io.github.qmpreactive.observe.SessionObservation;
import io.netty.util.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
        for (String micrometer :
                List.of("io.micrometer.observation.Observation", "io.micrometer.core.instrument.Meter")) {
            try {
                throw new AssertionError("Micrometer is here: " + Class.forName(micrometer));
            } catch (ClassNotFoundException expected) {
                // An observer of one's own does not need it.
            }
        }
        AtomicInteger notOpened = new AtomicInteger();
        QmpObserver observer = (session, context) -> new SessionObservation() {
            @Override
            public void notOpened(Throwable cause) {
                notOpened.incrementAndGet();
            }
        };
        Path missing = Path.of("no-such-folder", "qmp.sock");
        try {
            Object session = QmpClient.create()
                    .unixSocket(missing)
                    .observer(observer.and((opening, context) -> SessionObservation.NONE))
                    .connect()
                    .block(Duration.ofSeconds(20));
            throw new AssertionError("a session where there is no socket: " + session);
        } catch (ConnectError expected) {
            if (notOpened.get() != 1) {
                throw new AssertionError("the observer was told " + notOpened + " times");
            }
            System.out.println("As expected: " + expected + ", Netty " + netty);
        }
    }
}
