package io.github.qmpreactive.webflux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.codec.ServerSentEvent;
import reactor.test.StepVerifier;

@DisplayName("WebFlux: events as Server-Sent Events")
@ExtendWith(LeakGuard.class)
class VmEventsTest {

    @Test
    @DisplayName("Each event comes with its name and its data")
    void events() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix();
                RunningApp app = RunningApp.at(qemu.address())) {
            StepVerifier.create(app.events().map(event -> event.event() + " " + event.data()))
                    .then(() -> qemu.awaitConnection().emit("RTC_CHANGE", "{\"offset\": 78}"))
                    .expectNext("RTC_CHANGE {\"offset\":78}")
                    .then(() -> qemu.awaitConnection().emit("STOP"))
                    .expectNext("STOP null")
                    .thenCancel()
                    .verify();
        }
    }

    @Test
    @DisplayName("A browser that goes away unsubscribes; the one beside it goes on")
    void goesAway() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix();
                RunningApp app = RunningApp.at(qemu.address())) {
            StepVerifier.create(app.events().map(ServerSentEvent::event))
                    .then(() -> {
                        app.awaitWatchers(1);
                        StepVerifier.create(app.events())
                                .then(() -> app.awaitWatchers(2))
                                .thenCancel()
                                .verify();
                        app.awaitWatchers(1);
                        qemu.awaitConnection().emit("STOP");
                    })
                    .expectNext("STOP")
                    .thenCancel()
                    .verify();
            app.awaitWatchers(0);
            assertTrue(qemu.awaitConnection().isOpen());
        }
    }

    @Test
    @DisplayName("When the application stops it disconnects, which completes the streams of events")
    void stops() {
        try (RunningFakeQmpServer qemu = FakeQmpServer.create().startUnix();
                RunningApp app = RunningApp.at(qemu.address())) {
            StepVerifier.create(app.events()).then(app::close).verifyComplete();
            qemu.awaitConnection().awaitClosed();
        }
    }

    @Test
    @Qemu
    @DisplayName("Real QEMU: cont and stop over HTTP, RESUME and STOP as events")
    void real(QemuProcess qemu) {
        try (RunningApp app = RunningApp.at(qemu.address())) {
            StepVerifier.create(app.events().map(ServerSentEvent::event))
                    .then(() -> app.post("/vm/cont", "{}"))
                    .expectNext("RESUME")
                    .then(() -> app.post("/vm/stop", "{}"))
                    .expectNext("STOP")
                    .thenCancel()
                    .verify();
        }
    }
}
