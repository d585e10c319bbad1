package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.device.QmpDevices;
import io.github.qmpreactive.device.UnplugOptions;
import io.github.qmpreactive.error.DeviceNotFoundError;
import io.github.qmpreactive.error.StillPluggedError;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Pieces that a user puts into a program of their own. */
final class UnplugSnippets {

    // snippet: unplug
    Mono<Void> detach(QmpSession session, String disk, String node) {
        return QmpDevices.of(session)
                .remove(disk)
                .onErrorComplete(DeviceNotFoundError.class) // it has left before
                .then(session.execute("blockdev-del", Map.of("node-name", node)))
                .then();
    }
    // end

    // snippet: unplug-later
    Mono<Boolean> detachNow(QmpDevices devices, String id) {
        UnplugOptions soon = UnplugOptions.defaults().limit(Duration.ofSeconds(20));
        return devices.remove(id, soon)
                .thenReturn(true)
                .onErrorReturn(StillPluggedError.class, false); // the guest is still to release it: try again later
    }
    // end
}
