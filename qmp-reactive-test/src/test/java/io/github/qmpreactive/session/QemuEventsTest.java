package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.collect;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.AwaitOptions;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@ExtendWith(LeakGuard.class)
@DisplayName("Events of real QEMU")
class QemuEventsTest {

    @Test
    @Qemu
    @DisplayName("C41 no replay: a client that connects after an event gets only what comes from then on")
    void noReplay(QemuProcess qemu) {
        QmpClient client = QmpClient.create().address(qemu.address());
        QmpSession before = await(client.connect());
        await(before.executeAndAwait("cont", "RESUME"));
        await(before.executeAndAwait("stop", "STOP"));
        finish(before.disconnect());
        QmpSession after = await(client.connect());
        List<String> seen = new CopyOnWriteArrayList<>();
        collect(after.events(), e -> seen.add(e.name()));
        await(after.executeAndAwait("cont", "RESUME"));
        assertEquals(List.of("RESUME"), seen);
        finish(after.disconnect());
    }

    @Test
    @Qemu(
            args = {
                "-blockdev",
                "driver=null-co,node-name=good,size=1048576,read-zeroes=on",
                "-blockdev",
                "driver=null-co,node-name=image,size=1048576,read-zeroes=on",
                "-blockdev",
                "driver=blkdebug,node-name=bad,image=image,"
                        + "inject-error.0.event=none,inject-error.0.iotype=read,inject-error.0.errno=5",
                "-blockdev",
                "driver=quorum,node-name=quorum,children.0=good,children.1=bad,vote-threshold=1"
            })
    @DisplayName("C40 QEMU drops most of a burst of QUORUM_REPORT_BAD: 21 failed reads give fewer events")
    void throttled(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create().address(qemu.address()).connect());
        List<QmpEvent> events = new CopyOnWriteArrayList<>();
        collect(session.events("QUORUM_REPORT_BAD"), events::add);
        Flux.range(0, 21)
                .concatMap(n -> session.execute(
                        "human-monitor-command", Map.of("command-line", "qemu-io quorum \"read 0 512\"")))
                .blockLast(PATIENCE);
        assertTrue(events.size() >= 1 && events.size() < 21, events::toString);
        assertEquals("bad", events.get(0).data().path("node-name").stringValue());
        finish(session.disconnect());
    }

    @Test
    @Qemu(
            args = {
                "-blockdev",
                "driver=null-co,node-name=source,size=67108864,read-zeroes=on",
                "-blockdev",
                "driver=null-co,node-name=target,size=67108864"
            })
    @DisplayName("P9 the events of a job come before the reply to its command, and executeAndAwait has them")
    void blockJob(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create().address(qemu.address()).connect());
        QmpEvent ready = await(session.executeAndAwait(
                QmpCommand.of("blockdev-mirror")
                        .arguments(Map.of("job-id", "job", "device", "source", "target", "target", "sync", "full")),
                event -> event.name().equals("BLOCK_JOB_READY")
                        && event.data().path("device").asString("").equals("job")));
        assertEquals("mirror", ready.data().path("type").stringValue());
        QmpEvent completed = await(session.executeAndAwait(
                QmpCommand.of("job-complete").arguments(Map.of("id", "job")),
                QmpEvent.named("BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED")));
        assertEquals("BLOCK_JOB_COMPLETED", completed.name());
        finish(session.disconnect());
    }

    @Test
    @Qemu
    @DisplayName("FR18 what a predicate throws fails executeAndAwait, and so does a check; the session goes on")
    void throwingPredicate(QmpSession session) {
        IllegalStateException mistake = new IllegalStateException("predicate");
        StepVerifier.create(session.executeAndAwait(QmpCommand.of("cont"), event -> {
                    throw mistake;
                }))
                .verifyErrorMatches(mistake::equals);
        assertEquals("running", status(session));
        StepVerifier.create(session.executeAndAwait(
                        QmpCommand.of("stop"), AwaitOptions.event("STOP").unless(Mono.error(mistake))))
                .verifyErrorMatches(mistake::equals);
        // The check comes before the command, which was not sent.
        assertEquals("running", status(session));
        assertEquals("STOP", await(session.executeAndAwait("stop", "STOP")).name());
    }

    private static String status(QmpSession session) {
        return await(session.execute("query-status")).path("status").asString();
    }
}
