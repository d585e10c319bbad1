package io.github.qmpreactive.service;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;

/** What a panel does with one machine: a log of its events, a pause button, and a button beside each device. */
class VmPanel {

    final QmpSession session;
    private final List<String> log = new CopyOnWriteArrayList<>();

    VmPanel(QmpSession session) {
        this.session = session;
        session.events().map(QmpEvent::name).subscribe(log::add, end -> log.add("lost"));
    }

    /** Emits when the machine has stopped. */
    Mono<QmpEvent> pause() {
        return session.executeAndAwait("stop", "STOP");
    }

    /** Pauses the machine for a moment; emits when it runs again. */
    Mono<QmpEvent> blink() {
        return pause().then(session.executeAndAwait("cont", "RESUME"));
    }

    /** Emits when the device is gone. */
    Mono<QmpEvent> unplug(String id) {
        return session.executeAndAwait(
                QmpCommand.of("device_del").arguments(Map.of("id", id)),
                event -> event.name().equals("DEVICE_DELETED")
                        && event.data().path("device").asString("").equals(id));
    }

    /** Completes when the machine has another network card. */
    Mono<Void> addNetwork(String id) {
        return session.execute("netdev_add", Map.of("type", "user", "id", id + "-net"))
                .then(session.execute("device_add", card(id)))
                .then();
    }

    Map<String, Object> card(String id) {
        return Map.of("driver", "virtio-net-pci", "id", id, "bus", "rp0", "netdev", id + "-net");
    }

    List<String> log() {
        return List.copyOf(log);
    }
}
