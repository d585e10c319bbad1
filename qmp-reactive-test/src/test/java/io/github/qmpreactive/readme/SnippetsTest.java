package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Faults;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("README: the snippets do what they say")
@ExtendWith(LeakGuard.class)
class SnippetsTest {

    private static final FakeQmpServer MACHINE = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"status\": \"running\", \"running\": true}")
            .when("stop")
            .answer(Answer.reply("{}").eventBefore("STOP"));

    private final List<String> stored = new ArrayList<>();
    private final Snippets snippets = new Snippets(lines -> Mono.fromRunnable(() -> stored.addAll(lines)));

    private static QmpSession connect(RunningFakeQmpServer qemu) {
        return Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).connect().block(PATIENCE));
    }

    private static String printed(Runnable program) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }

    @Test
    @DisplayName("one-command connects, runs the command and disconnects")
    void oneCommand() {
        try (RunningFakeQmpServer qemu = MACHINE.startTcp()) {
            assertEquals("running", printed(() -> OneCommand.main(new String[] {qemu.address()})));
            assertEquals(1, qemu.received("query-status").size());
            qemu.awaitConnection().awaitClosed();
        }
    }

    @Test
    @DisplayName("coming-from-python hears of what it does, and disconnects")
    void comingFromPython() {
        try (RunningFakeVm vm = FakeVm.create().start()) {
            StepVerifier.create(snippets.pausedAndResumed(vm.address()))
                    .expectNext("STOP", "RESUME")
                    .verifyComplete();
        }
    }

    @Test
    @DisplayName("events hands the events that are wanted to the next step, until the session ends")
    void events() {
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(snippets.record(session))
                    .then(() -> {
                        qemu.awaitConnection().emit("RTC_CHANGE");
                        qemu.awaitConnection().emit("STOP");
                        qemu.awaitConnection().emit("RESUME");
                        session.execute("query-status")
                                .then(session.disconnect())
                                .block(PATIENCE);
                    })
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(
                    List.of("STOP", "RESUME"),
                    stored.stream().map(line -> line.replaceAll(".* ", "")).toList());
            assertEquals(0, snippets.lost());
        }
    }

    @Test
    @DisplayName("retry tries again where that may help")
    void retryTemporary() {
        FakeQmpServer slowToStart =
                MACHINE.when("qmp_capabilities").answer(Faults.silence().thenClose(), Answer.reply("{}"));
        try (RunningFakeQmpServer qemu = slowToStart.startUnix()) {
            QmpClient client = QmpClient.create().address(qemu.address());
            StepVerifier.create(snippets.connectWhenReady(client).flatMap(QmpSession::disconnect))
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(2, qemu.received("qmp_capabilities").size());
        }
    }

    @Test
    @DisplayName("retry gives up at once where it never will")
    void retryPermanent() {
        QmpClient client = QmpClient.create().unixSocket(Path.of("/" + "x".repeat(200)));
        StepVerifier.create(snippets.connectWhenReady(client))
                .expectErrorMatches(
                        e -> e instanceof ConnectError error && error.reason() == ConnectError.Reason.PATH_TOO_LONG)
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("await emits the event that the command causes")
    void await() {
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(snippets.pause(session).map(QmpEvent::name))
                    .expectNext("STOP")
                    .expectComplete()
                    .verify(PATIENCE);
            session.disconnect().block(PATIENCE);
        }
    }

    @Test
    @DisplayName("hmp completes where the line prints nothing, and errors with what it prints")
    void hmp() {
        FakeQmpServer slirp = FakeQmpServer.create()
                .when("human-monitor-command")
                .answer(Answer.reply("\"\""), Answer.reply("\"no such thing\\r\\n\""));
        try (RunningFakeQmpServer qemu = slirp.startUnix()) {
            QmpSession session = connect(qemu);
            StepVerifier.create(snippets.forward(session, 2222))
                    .expectComplete()
                    .verify(PATIENCE);
            assertEquals(
                    "{\"command-line\":\"hostfwd_add net0 tcp:127.0.0.1:2222-:22\"}",
                    qemu.received("human-monitor-command").get(0).arguments().toString());
            StepVerifier.create(snippets.forward(session, 2222))
                    .expectErrorMessage("no such thing")
                    .verify(PATIENCE);
            session.disconnect().block(PATIENCE);
        }
    }

    @Test
    @Qemu
    @DisplayName("hmp at real QEMU: a line that fails prints why, and that is the error")
    void hmpFails(QmpSession session) {
        StepVerifier.create(snippets.forward(session, 2222))
                .expectErrorSatisfies(
                        e -> assertTrue(String.valueOf(e.getMessage()).contains("net0"), e::toString))
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("history gives late subscribers the last 50 events, and then what comes")
    void history() {
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            QmpSession session = connect(qemu);
            Flux<Integer> history = snippets.history(session)
                    .map(event -> event.data().path("n").intValue());
            qemu.awaitConnection().emitMany(1_000, "N");
            session.execute("query-status").block(PATIENCE);
            StepVerifier.create(history)
                    .expectNextSequence(IntStream.range(950, 1_000).boxed().toList())
                    .then(() -> qemu.awaitConnection().emit("N", "{\"n\": 7}"))
                    .expectNext(7)
                    .then(() -> session.disconnect().block(PATIENCE))
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("history lets a slow subscriber fail alone: the one beside it gets everything")
    void slowInHistory() {
        try (RunningFakeQmpServer qemu = MACHINE.startUnix()) {
            QmpSession session = connect(qemu);
            Flux<Integer> history = snippets.history(session)
                    .map(event -> event.data().path("n").intValue());
            List<Integer> fast = new CopyOnWriteArrayList<>();
            StepVerifier.create(history, 1)
                    .then(() -> {
                        history.subscribe(fast::add);
                        qemu.awaitConnection().emitMany(1_000, "N");
                        session.execute("query-status").block(PATIENCE);
                    })
                    .expectNext(0)
                    .then(() -> assertEquals(1_000, fast.size()))
                    .thenRequest(999)
                    .expectNextSequence(IntStream.rangeClosed(1, 256).boxed().toList())
                    .expectErrorMatches(Exceptions::isOverflow)
                    .verify(PATIENCE);
            session.disconnect().block(PATIENCE);
        }
    }
}
