package io.github.qmpreactive.test.record;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static io.github.qmpreactive.test.verify.DataMatcher.data;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.QmpReplay;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.github.qmpreactive.test.verify.QmpVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * One conversation, with a real QEMU and with what was recorded of one. This makes the recording anew:
 *
 * <pre>
 * mvn test -pl qmp-reactive-test -am -Dtest=RecordedConversationTest -Dsurefire.failIfNoSpecifiedTests=false -Dqmp.record=true
 * </pre>
 */
@ExtendWith(LeakGuard.class)
@DisplayName("A conversation that was recorded once at QEMU")
class RecordedConversationTest {

    /** Of the module; Maven says where it is, and elsewhere tests run in it. */
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final String NAME = "pc.jsonl";
    private static final Path COMMITTED =
            BASE.resolve("src/test/resources/io/github/qmpreactive/test/record").resolve(NAME);

    /** What the conversation returns, the same at QEMU and at a replay. */
    private static List<String> outcome(String address, String secret) {
        List<String> outcome = new ArrayList<>();
        QmpSession session = Objects.requireNonNull(
                QmpClient.create().address(address).name("vm").connect().block(PATIENCE));
        session.greeting().ifPresent(greeting -> outcome.add(greeting.version().toString()));
        session.events()
                .subscribe(event -> outcome.add(event.name()), e -> outcome.add("lost"), () -> outcome.add("end"));
        say(outcome, session, QmpCommand.of("query-status"));
        say(outcome, session, QmpCommand.of("cont"));
        say(
                outcome,
                session,
                QmpCommand.of("object-add").arguments(Map.of("qom-type", "secret", "id", "key0", "data", secret)));
        say(outcome, session, QmpCommand.of("device_add").arguments(Map.of("driver", "usb-tablet", "id", "tablet0")));
        QmpVerifier.create(session.events())
                .thenExecute(session, QmpCommand.of("device_del").arguments(Map.of("id", "tablet0")))
                .expectEvent("DEVICE_DELETED", data("/device", "tablet0"))
                .thenCancel()
                .verify();
        say(outcome, session, QmpCommand.of("device_del").arguments(Map.of("id", "tablet0")));
        say(outcome, session, QmpCommand.of("stop"));
        say(outcome, session, QmpCommand.of("query-status"));
        session.quit().block(PATIENCE);
        session.onDisconnect().block(PATIENCE);
        return outcome;
    }

    private static void say(List<String> outcome, QmpSession session, QmpCommand command) {
        String reply = session.execute(command)
                .map(JsonNode::toString)
                .onErrorResume(e -> Mono.just(String.valueOf(e.getMessage())))
                .block(PATIENCE);
        outcome.add(command.name() + ": " + reply);
    }

    private static List<String> replayed(QmpReplay replay) {
        try (RunningFakeQmpServer qemu = replay.server().startUnix()) {
            List<String> outcome = outcome(qemu.address(), "another secret");
            qemu.verifyScript();
            qemu.verifyStubs();
            return outcome;
        }
    }

    @Test
    @DisplayName("comes to what is expected when it is replayed, in order and by command")
    void committed() {
        assumeFalse(RecordOrReplay.isRecording(), "It is being made anew");
        assertTrue(QmpRecording.of(COMMITTED).isComplete());
        List<String> inOrder = replayed(QmpReplay.inOrder(COMMITTED));
        assertEquals(
                List.of(
                        "RESUME",
                        "cont: {}",
                        "object-add: {}",
                        "device_add: {}",
                        "DEVICE_DELETED",
                        "STOP",
                        "stop: {}",
                        "SHUTDOWN",
                        "end"),
                inOrder.stream()
                        .filter(line -> line.endsWith("{}") || line.matches("[A-Z_]+|end"))
                        .toList(),
                inOrder::toString);
        assertTrue(inOrder.get(1).contains("\"status\":\"prelaunch\""), inOrder::toString);
        assertTrue(inOrder.toString().contains("device_del: [vm]"), inOrder::toString);
        assertEquals(inOrder, replayed(QmpReplay.byCommand(COMMITTED)));
    }

    @Test
    @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-device", "qemu-xhci"})
    @DisplayName("comes to the same at a real QEMU, and when that is recorded anew and replayed")
    void anew(QemuProcess qemu) throws IOException {
        Path file = RecordOrReplay.isRecording()
                ? COMMITTED
                : BASE.resolve("target/recordings").resolve(NAME);
        String secret = UUID.randomUUID().toString();
        List<String> real;
        try (RunningQmpRecorder recorder =
                QmpRecorder.create(qemu.address(), file).startUnix()) {
            real = outcome(recorder.address(), secret);
        }
        assertFalse(Files.readString(file).contains(secret));
        QmpRecording recording = QmpRecording.of(file);
        assertTrue(recording.isComplete());
        assertEquals(real, replayed(QmpReplay.inOrder(file)));
        assertEquals(real, replayed(QmpReplay.byCommand(file)));
        assertEquals(
                withoutIds(QmpRecording.of(COMMITTED)),
                withoutIds(recording),
                "Record it anew, with -Dqmp.record=true");
    }

    /** Each session has ids of its own. */
    private static List<JsonNode> withoutIds(QmpRecording recording) {
        return recording.sent().stream()
                .map(command -> (JsonNode) command.deepCopy().without("id"))
                .toList();
    }
}
