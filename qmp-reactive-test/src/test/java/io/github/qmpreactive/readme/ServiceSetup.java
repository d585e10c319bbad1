package io.github.qmpreactive.readme;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.guest.GuestCommand;
import io.github.qmpreactive.guest.GuestResult;
import io.github.qmpreactive.guest.QgaGuest;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Mono;

// snippet: service-setup
/** Replaces a file of the guest, and reloads the service that reads it. */
record ServiceSetup(QgaClient agent) {

    Mono<Boolean> apply(String settings) {
        Mono<byte[]> content = Mono.fromSupplier(() -> settings.getBytes(StandardCharsets.UTF_8));
        return agent.use(session -> {
            QgaGuest guest = QgaGuest.of(session);
            return guest.writeFile("/etc/app.conf", content)
                    .then(guest.exec(GuestCommand.of("systemctl", "reload", "app")))
                    .map(GuestResult::isSuccess);
        });
    }
}
// end
