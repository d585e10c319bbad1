package io.github.qmpreactive.migration;

import static io.github.qmpreactive.migration.FakeEnd.QUIET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MigrationFailedError;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("What QmpMigration sends")
class MigrationCommandsTest {

    private FakeEnd end = FakeEnd.source();

    @AfterEach
    void close() {
        end.close();
    }

    private Map<String, Boolean> capabilities(MigrationAddress address, MigrationOptions options) {
        int before = end.count("query-migrate");
        StepVerifier.create(MigrationPair.statuses(end.migration().to(address, options)))
                .expectNext("setup")
                .then(() -> end.await("query-migrate", before + 1))
                .then(end::completed)
                .expectNext("completed")
                .verifyComplete();
        return set();
    }

    private JsonNode last(String command) {
        List<ReceivedCommand> all = end.qemu.received(command);
        return all.get(all.size() - 1).arguments();
    }

    private Map<String, Boolean> set() {
        Map<String, Boolean> set = new TreeMap<>();
        last("migrate-set-capabilities")
                .path("capabilities")
                .forEach(each -> set.put(
                        each.path("capability").stringValue(),
                        each.path("state").booleanValue()));
        return set;
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:/m", "tcp:127.0.0.1:4444", "vsock:3:4444"})
    @DisplayName("sets return-path for sockets, so that the source does not complete before the destination")
    void sockets(String uri) {
        assertEquals(
                Map.of("events", true, "pause-before-switchover", true, "return-path", true),
                capabilities(MigrationAddress.uri(uri), QUIET));
        assertEquals(uri, last("migrate").path("uri").stringValue());
        assertEquals(uri, MigrationAddress.uri(uri).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"exec:cat>/x", "file:/x"})
    @DisplayName("unsets return-path, which an earlier migration may have set, for commands and files")
    void files(String uri) {
        assertEquals(
                Map.of("events", true, "pause-before-switchover", uri.startsWith("exec:"), "return-path", false),
                capabilities(MigrationAddress.uri(uri), QUIET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fd:x", "rdma:h:1", "bogus", ""})
    @DisplayName("leaves return-path alone where it is not known whether there can be one")
    void others(String uri) {
        assertEquals(
                Map.of("events", true, "pause-before-switchover", true),
                capabilities(MigrationAddress.uri(uri), QUIET));
    }

    @Test
    @DisplayName("knows the kind of channels, too, and takes whatever they are")
    void channels() {
        assertEquals(true, ofChannel(Map.of("transport", "socket", "type", "unix", "path", "/m")));
        assertEquals(true, ofChannel(Map.of("transport", "socket", "type", "inet", "host", "h", "port", "1")));
        assertEquals(null, ofChannel(Map.of("transport", "socket", "type", "fd", "str", "x")));
        assertEquals(false, ofChannel(Map.of("transport", "file", "filename", "/x", "offset", 0)));
        assertEquals(false, ofChannel(Map.of("transport", "exec", "args", List.of("cat"))));
        assertEquals(
                null, capabilities(MigrationAddress.channels(List.of()), QUIET).get("return-path"));
        assertEquals(
                null, capabilities(MigrationAddress.channels(List.of(7)), QUIET).get("return-path"));
        assertEquals("[7]", MigrationAddress.channels(List.of(7)).toString());
    }

    private Object ofChannel(Map<String, ?> address) {
        Map<String, Boolean> set = capabilities(
                MigrationAddress.channels(List.of(Map.of("channel-type", "main", "addr", address))), QUIET);
        assertTrue(last("migrate").path("channels").path(0).path("addr").has("transport"));
        return set.getOrDefault("return-path", null);
    }

    @Test
    @DisplayName("sets what the options say, before its own choice, and parameters if there are any")
    void options() {
        MigrationOptions options = QUIET.capability("return-path", false)
                .capability("multifd", true)
                .parameters(Map.of("max-bandwidth", 7));
        assertEquals(
                Map.of("events", true, "pause-before-switchover", true, "return-path", false, "multifd", true),
                capabilities(MigrationAddress.uri("unix:/m"), options));
        assertEquals(7, last("migrate-set-parameters").path("max-bandwidth").intValue());
        capabilities(MigrationAddress.uri("unix:/m"), QUIET);
        end.assertSent(1, "migrate-set-parameters");
        assertEquals(Map.of("return-path", false, "multifd", true), options.capabilities());
        assertEquals(7, options.parameters().path("max-bandwidth").intValue());
        assertThrows(IllegalArgumentException.class, () -> QUIET.parameters(List.of()));
    }

    @Test
    @DisplayName(
            "does not stop before the switch if the options say so, or the migration is to go on without its client")
    void doesNotStop() {
        MigrationAddress address = MigrationAddress.uri("unix:/m");
        String stops = "pause-before-switchover";
        assertEquals(
                false, capabilities(address, QUIET.capability(stops, false)).get(stops));
        assertEquals(false, capabilities(address, QUIET.keepOnCancel()).get(stops));
        MigrationOptions both = QUIET.keepOnCancel().capability(stops, true);
        assertEquals(true, capabilities(address, both).get(stops));
    }

    @Test
    @DisplayName("unsets for background-snapshot what QEMU refuses beside it, and unsets that for the next migration")
    void snapshot() {
        MigrationAddress address = MigrationAddress.uri("unix:/m");
        Map<String, Boolean> without = Map.of("events", true, "pause-before-switchover", false, "return-path", false);
        Map<String, Boolean> snapshot = new TreeMap<>(without);
        snapshot.put("background-snapshot", true);
        assertEquals(snapshot, capabilities(address, QUIET.capability("background-snapshot", true)));
        assertEquals(
                Map.of(
                        "events",
                        true,
                        "pause-before-switchover",
                        true,
                        "return-path",
                        true,
                        "background-snapshot",
                        false),
                capabilities(address, QUIET));
    }

    @Test
    @DisplayName(
            "unsets background-snapshot also behind a migration that was not begun: QEMU had refused its parameters")
    void snapshotNotBegun() {
        end.qemu.when("migrate-set-parameters").error("GenericError", "out of range");
        StepVerifier.create(end.migration()
                        .to(
                                "file:/m",
                                QUIET.capability("background-snapshot", true).parameters(Map.of("max-bandwidth", 7))))
                .verifyError(ExecuteError.class);
        assertEquals(false, capabilities(MigrationAddress.uri("unix:/m"), QUIET).get("background-snapshot"));
    }

    @Test
    @DisplayName(
            "sends nothing for a snapshot with preSwitchover, or to a destination, where the guest would run twice")
    void impossibleSnapshots() {
        MigrationOptions snapshot = QUIET.capability("background-snapshot", true);
        StepVerifier.create(end.migration().to("unix:/m", snapshot.preSwitchover(Mono.empty())))
                .verifyErrorSatisfies(e -> assertTrue(
                        ((IllegalArgumentException) e).getMessage().contains("preSwitchover"), e::getMessage));
        StepVerifier.create(end.migration().withDestination(end.session).to("unix:/m", snapshot))
                .verifyErrorSatisfies(e -> assertTrue(
                        ((IllegalArgumentException) e).getMessage().contains("destination would run it, too"),
                        e::getMessage));
        end.assertSent(0, "migrate-set-capabilities");
    }

    @Test
    @DisplayName("stops before the switch for preSwitchover, whatever else is set; without that stop it is no success")
    void stops() {
        StepVerifier.create(MigrationPair.statuses(end.migration()
                        .to("unix:/m", QUIET.preSwitchover(Mono.empty()).capability("pause-before-switchover", false))))
                .expectNext("setup")
                .then(() -> end.await("query-migrate", 1))
                .then(end::completed)
                .expectNext("completed")
                .verifyErrorSatisfies(e -> assertTrue(
                        ((MigrationFailedError) e).getMessage().contains("preSwitchover was not done"), e::getMessage));
        assertEquals(Map.of("events", true, "pause-before-switchover", true, "return-path", true), set());
    }

    @Test
    @DisplayName("sets the same at the destination, but for what concerns the source, and lets it listen")
    void incoming() {
        MigrationOptions options = QUIET.capability("multifd", true).preSwitchover(Mono.empty());
        StepVerifier.create(end.migration().incoming(MigrationAddress.uri("unix:/m"), options))
                .verifyComplete();
        assertEquals(Map.of("events", true, "multifd", true), set());
        assertEquals("unix:/m", last("migrate-incoming").path("uri").stringValue());
        end.qemu.when("migrate-incoming").error("GenericError", "'-incoming' was not specified on the command line");
        StepVerifier.create(end.migration().incoming("unix:/m")).verifyError(ExecuteError.class);
        end.qemu.when("migrate-set-capabilities").error("GenericError", "no");
        StepVerifier.create(end.migration().incoming("unix:/m")).verifyError(ExecuteError.class);
        end.assertSent(2, "migrate-incoming");
    }

    @Test
    @DisplayName("pauses post-copy and listens again out of band where that is enabled, and resumes")
    void postcopy() {
        for (OobMode mode : List.of(OobMode.AUTO, OobMode.OFF)) {
            try (RunningFakeQmpServer qemu = FakeQmpServer.create()
                    .when("migrate-start-postcopy")
                    .reply("{}")
                    .when("migrate-pause")
                    .reply("{}")
                    .when("migrate-recover")
                    .reply("{}")
                    .when("migrate")
                    .reply("{}")
                    .startUnix()) {
                StepVerifier.create(QmpClient.create()
                                .address(qemu.address())
                                .oob(mode)
                                .use(session -> Mono.when(
                                        QmpMigration.of(session).startPostcopy(),
                                        QmpMigration.of(session).pausePostcopy(),
                                        QmpMigration.of(session).recoverIncoming("unix:/n"),
                                        QmpMigration.of(session).recover("unix:/n"))))
                        .expectComplete()
                        .verify(Patience.PATIENCE);
                for (String command : List.of("migrate-pause", "migrate-recover")) {
                    assertEquals(
                            mode == OobMode.AUTO, qemu.received(command).get(0).isOob(), command);
                }
                assertEquals(
                        true,
                        qemu.received("migrate")
                                .get(0)
                                .arguments()
                                .path("resume")
                                .booleanValue());
            }
        }
    }
}
