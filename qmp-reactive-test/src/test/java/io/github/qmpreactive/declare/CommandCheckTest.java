package io.github.qmpreactive.declare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.github.qmpreactive.declare.CommandFinding.Kind;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;

@DisplayName("QmpCommands.check")
class CommandCheckTest {

    private static QmpSchema schema(String version) {
        return SchemaCheck.qemu(version).schema();
    }

    private static List<String> check(String version, Class<?> type) {
        return QmpCommands.check(schema(version), type).stream()
                .map(CommandFinding::toString)
                .toList();
    }

    private static void assertFinding(List<CommandFinding> findings, String method, Kind kind, String member) {
        assertTrue(
                findings.stream()
                        .anyMatch(finding -> finding.method().equals(method)
                                && finding.kind() == kind
                                && finding.member().equals(member)),
                () -> method + " " + kind + " " + member + " is not in " + findings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("finds one fault alone in the interface that is tested with real QEMU: the one that QEMU refuses")
    void works(String version) {
        assertEquals(
                List.of("refused (query-status): the argument fd is not in the schema"),
                check(version, QemuDeclaredCommandsTest.Commands.class));
    }

    record Inserted(@Nullable Boolean active) {}

    record Device(Optional<Inserted> inserted) {}

    interface Newer {
        @Execute("query-block")
        Flux<Device> block();
    }

    @Test
    @DisplayName("tells the member of a result that an older QEMU does not have")
    void version() {
        assertEquals(
                List.of("block (query-block): the member [].inserted.active of the result is not in the schema"),
                check("7.2", Newer.class));
        assertEquals(List.of(), check("10.0", Newer.class));
    }

    enum Protocol {
        VNC,
        SPICE,
        X_WINDOW,
        UNKNOWN
    }

    record Status(
            Integer status,
            @Nullable Long running,
            @Nullable Boolean isRunning) {}

    record Wrong(List<String> nodeName, @Nullable JsonNode any) {}

    record Version(String qemu, double major) {}

    interface Faults {
        @Execute("x-gone")
        Mono<Void> gone();

        @Execute(value = "query-block", oob = true)
        Mono<List<JsonNode>> outOfBand();

        @Execute("block_set_io_throttle")
        Mono<Void> throttle(String id, Long bpsRd, @ArgumentName("bps_wr") long bpsWr);

        @Execute("blockdev-del")
        Mono<Void> delete(int nodeName);

        @Execute("set_password")
        Mono<Void> password(Protocol protocol, String password, Map<String, String> connected);

        @Execute("query-status")
        Mono<Status> status();

        @Execute("query-named-block-nodes")
        Mono<Wrong> nodes();

        @Execute("query-version")
        Mono<Version> version();

        @Execute("system_wakeup")
        Mono<String> wakeUp(Duration limit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("tells commands, arguments, types, values and members that QEMU does not have")
    void faults(String version) {
        List<CommandFinding> findings = QmpCommands.check(schema(version), Faults.class);
        assertFinding(findings, "gone", Kind.UNKNOWN_COMMAND, "");
        assertFinding(findings, "outOfBand", Kind.NOT_OOB, "");
        assertFinding(findings, "throttle", Kind.UNKNOWN_ARGUMENT, "bps-rd");
        assertFinding(findings, "throttle", Kind.MISSING_ARGUMENT, "bps_rd");
        assertFinding(findings, "throttle", Kind.MISSING_ARGUMENT, "iops");
        assertFinding(findings, "delete", Kind.ARGUMENT_TYPE, "node-name");
        assertFinding(findings, "password", Kind.UNKNOWN_VALUE, "protocol");
        assertFinding(findings, "password", Kind.ARGUMENT_TYPE, "connected");
        assertFinding(findings, "status", Kind.RESULT_TYPE, "status");
        assertFinding(findings, "status", Kind.RESULT_TYPE, "running");
        assertFinding(findings, "status", Kind.UNKNOWN_RESULT, "is-running");
        assertFinding(findings, "nodes", Kind.RESULT_TYPE, "");
        assertFinding(findings, "version", Kind.RESULT_TYPE, "qemu");
        assertFinding(findings, "version", Kind.UNKNOWN_RESULT, "major");
        assertFinding(findings, "wakeUp", Kind.RESULT_TYPE, "");
        assertEquals(
                18,
                findings.stream().filter(finding -> !finding.kind().isNote()).count(),
                findings::toString);
        assertTrue(
                check(version, Faults.class)
                        .contains(
                                "throttle (block_set_io_throttle): the argument bps-rd is not in the schema; it has bps_rd"),
                findings::toString);
        assertTrue(
                check(version, Faults.class)
                        .contains("password (set_password): the argument protocol has no value x-window"),
                findings::toString);
        assertTrue(
                check(version, Faults.class)
                        .contains("delete (blockdev-del): the argument node-name is a string, the method declares int"),
                findings::toString);
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "driver")
    @JsonSubTypes({
        @JsonSubTypes.Type(Raw.class),
        @JsonSubTypes.Type(File.class),
        @JsonSubTypes.Type(Nfs.class),
        @JsonSubTypes.Type(Floppy.class)
    })
    sealed interface Image {}

    @JsonTypeName("raw")
    record Raw(String nodeName, Image file, @Nullable String size) implements Image {}

    @JsonTypeName("file")
    record File(String nodeName, @Nullable String aio) implements Image {}

    @JsonTypeName("nfs")
    record Nfs(
            Map<String, Object> server,
            String path,
            @Nullable Integer tcpSyn) implements Image {}

    @JsonTypeName("floppy")
    record Floppy(String nodeName) implements Image {}

    interface Unions {
        @Execute("blockdev-add")
        Mono<Void> add(@Arguments Image image);

        @Execute("blockdev-add")
        Mono<Void> flat(String driver, String nodeName, String filename, String file, int noSuch);

        @Execute("blockdev-reopen")
        Mono<Void> reopen(List<File> options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("reads unions as Jackson does, and tells branches that QEMU does not have, each with its own members")
    void unions(String version) {
        assertEquals(
                List.of(
                        "add (blockdev-add): the argument driver has no value floppy",
                        "add (blockdev-add): the argument [driver=raw].size is an integer, the method declares"
                                + " java.lang.String",
                        "add (blockdev-add): the argument [driver=file].filename is required, the method does not have it",
                        "add (blockdev-add): the argument [driver=nfs].tcp-syn is not in the schema",
                        "flat (blockdev-add): the argument no-such is not in the schema",
                        "reopen (blockdev-reopen): the argument options[][driver=file].filename is required, the method"
                                + " does not have it"),
                check(version, Unions.class));
    }

    interface Notes {
        @Execute("x-debug-query-block-graph")
        Mono<JsonNode> graph();

        @Execute("eject")
        Mono<Void> eject(String device);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7.2", "10.0", "11.1"})
    @DisplayName("notes what is deprecated or unstable, which works all the same")
    void notes(String version) {
        List<CommandFinding> findings = QmpCommands.check(schema(version), Notes.class);
        assertFinding(findings, "eject", Kind.DEPRECATED, "device");
        assertTrue(findings.stream().allMatch(finding -> finding.kind().isNote()), findings::toString);
        assertEquals(
                "eject (eject): the argument device is deprecated",
                findings.get(0).toString());
        assertFinding(findings, "graph", Kind.UNSTABLE, "");
    }

    record NetDevice(String driver, String id, String netdev, String mac) {}

    interface Plug {
        @Execute("device_add")
        Mono<Void> record(@Arguments NetDevice device);

        @Execute("device_add")
        Mono<Void> flat(String id, String netdev);
    }

    @Test
    @DisplayName("takes device_add for what it is: it wants a driver, and takes the properties of the device")
    void deviceAdd() {
        assertEquals(
                List.of("flat (device_add): the argument driver is required, the method does not have it"),
                check("11.1", Plug.class));
    }

    interface Named {
        @Execute("block_set_io_throttle")
        Mono<Void> throttle(@Arguments Throttle throttle);
    }

    record Throttle(String id, long bps, long bpsRd, long bpsWr, long iops, long iopsRd, long iopsWr) {}

    @Test
    @DisplayName("names members as the given mapper does")
    void mapper() {
        assertFalse(check("10.0", Named.class).isEmpty());
        assertEquals(
                List.of(),
                QmpCommands.check(
                        schema("10.0"),
                        Named.class,
                        QmpCommands.mapper()
                                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                                .build()));
    }
}
