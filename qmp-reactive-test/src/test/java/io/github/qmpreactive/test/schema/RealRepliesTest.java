package io.github.qmpreactive.test.schema;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuWords;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What stubs are checked by lets through all that real QEMU sends. */
@ExtendWith(LeakGuard.class)
@DisplayName("What real QEMU sends is right by its schema")
class RealRepliesTest {

    private static final String IMAGE = "driver=null-co,node-name=source,size=1048576,read-zeroes=on";
    private static final String TARGET = "driver=null-co,node-name=target,size=1048576";

    @Test
    @Qemu(
            args = {
                "-machine",
                "pc",
                "-accel",
                "tcg",
                "-m",
                "32",
                "-device",
                "virtio-rng-pci,id=rng",
                "-device",
                "qemu-xhci,id=usb",
                "-blockdev",
                IMAGE,
                "-blockdev",
                TARGET,
                "-netdev",
                "user,id=net"
            })
    @DisplayName("replies of a machine to every query")
    void machine(QemuProcess qemu) {
        assertTrue(queries(qemu, SchemaCheck.of(schemaOf(qemu))).size() > 50);
    }

    @Test
    @Qemu(
            binary = QemuBinary.STORAGE_DAEMON,
            args = {"--blockdev", IMAGE, "--blockdev", TARGET})
    @DisplayName("replies of the storage daemon to every query")
    void storageDaemon(QemuProcess daemon) {
        // That of 5.2 ends in the middle of some queries.
        QemuWords.nearest(QemuBinary.STORAGE_DAEMON);
        assertTrue(queries(daemon, SchemaCheck.of(schemaOf(daemon))).size() > 8);
    }

    @Test
    @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-blockdev", IMAGE, "-blockdev", TARGET})
    @DisplayName("events of a machine and of a job, and the replies to what caused them")
    void events(QemuProcess qemu) {
        SchemaCheck schema = SchemaCheck.of(schemaOf(qemu));
        QmpSession session = connect(qemu);
        List<QmpEvent> events = new ArrayList<>();
        Mono<Void> collected = session.events()
                .doOnNext(events::add)
                .takeUntil(event -> event.name().equals("BLOCK_JOB_COMPLETED"))
                .then()
                .cache();
        collected.subscribe();
        Map<String, Object> mirror = Map.of(
                "job-id", "j", "device", "source", "target", "target", "sync", "full", "copy-mode", "background");
        List<QmpCommand> causes = List.of(
                QmpCommand.of("cont"),
                QmpCommand.of("stop"),
                QmpCommand.of("system_reset"),
                QmpCommand.of("system_powerdown"),
                QmpCommand.of("blockdev-mirror").arguments(mirror));
        for (QmpCommand cause : causes) {
            JsonNode reply = Objects.requireNonNull(session.execute(cause).block(PATIENCE));
            assertEquals("", schema.problemOfReply(cause.name(), reply).orElse(""), cause::name);
        }
        completeWhenReady(session);
        collected.block(PATIENCE);
        session.disconnect().block(PATIENCE);

        Set<String> names = new TreeSet<>();
        for (QmpEvent event : events) {
            names.add(event.name());
            assertEquals("", schema.problemOfEvent(event.name(), event.data()).orElse(""), event.raw()::toString);
        }
        assertTrue(
                names.containsAll(
                        List.of("RESUME", "STOP", "RESET", "POWERDOWN", "JOB_STATUS_CHANGE", "BLOCK_JOB_COMPLETED")),
                names::toString);
    }

    private static void completeWhenReady(QmpSession session) {
        QmpCommand complete = QmpCommand.of("job-complete").arguments(Map.of("id", "j"));
        session.execute(complete)
                .retryWhen(Retry.fixedDelay(200, Duration.ofMillis(20)).filter(ExecuteError.class::isInstance))
                .block(PATIENCE);
    }

    /** Those that were answered with success. */
    private static List<String> queries(QemuProcess qemu, SchemaCheck schema) {
        QmpSession session = connect(qemu);
        List<String> answered = new ArrayList<>();
        for (String command : schema.schema().commands()) {
            boolean isQuery =
                    command.startsWith("query-") || command.startsWith("x-query-") || command.startsWith("qom-");
            boolean needsNothing = schema.refusalOf(command, JsonNodeFactory.instance.objectNode(), false)
                    .isEmpty();
            if (isQuery && needsNothing) {
                JsonNode reply = session.execute(command)
                        .onErrorResume(ExecuteError.class, e -> Mono.empty())
                        .block(PATIENCE);
                if (reply != null) {
                    assertEquals("", schema.problemOfReply(command, reply).orElse(""), command);
                    answered.add(command);
                }
            }
        }
        session.disconnect().block(PATIENCE);
        return answered;
    }

    private static JsonNode schemaOf(QemuProcess qemu) {
        return Objects.requireNonNull(QmpClient.create()
                .address(qemu.address())
                .withSession(session -> session.execute("query-qmp-schema"))
                .blockLast(PATIENCE));
    }

    private static QmpSession connect(QemuProcess qemu) {
        return Objects.requireNonNull(
                QmpClient.create().address(qemu.address()).connect().block(PATIENCE));
    }
}
