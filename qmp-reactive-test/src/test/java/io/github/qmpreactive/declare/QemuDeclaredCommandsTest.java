package io.github.qmpreactive.declare;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("Declared commands at real QEMU")
class QemuDeclaredCommandsTest {

    enum RunState {
        RUNNING,
        PRELAUNCH,
        UNKNOWN
    }

    record Status(boolean running, RunState status) {}

    enum DetectZeroes {
        OFF,
        ON,
        UNMAP,
        UNKNOWN
    }

    record Cache(boolean writeback, boolean noFlush) {}

    record Image(String filename, long virtualSize) {}

    record Node(
            String nodeName,
            String drv,
            @Nullable Boolean ro,
            @Nullable Long backingFileDepth,
            DetectZeroes detectZeroes,
            Cache cache,
            Image image,
            Optional<String> backingFile) {}

    record Device(String device, Optional<String> qdev, boolean removable, Optional<Node> inserted) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "driver")
    @JsonSubTypes({@JsonSubTypes.Type(NullCo.class), @JsonSubTypes.Type(Raw.class)})
    sealed interface BlockOptions {}

    @JsonTypeName("null-co")
    record NullCo(String nodeName, Long size, @Nullable Boolean readOnly) implements BlockOptions {}

    @JsonTypeName("raw")
    record Raw(String nodeName, BlockOptions file, Optional<DetectZeroes> detectZeroes) implements BlockOptions {}

    record Property(String name, String type) {}

    record MemoryDevice(String type, JsonNode data) {}

    interface Commands {
        @Execute("query-status")
        Mono<Status> status();

        @Execute("query-block")
        Flux<Device> block();

        @Execute("query-named-block-nodes")
        Flux<Node> nodes(Optional<Boolean> flat);

        @Execute("blockdev-add")
        Mono<Void> add(@Arguments BlockOptions options);

        @Execute("blockdev-del")
        Mono<Void> delete(String nodeName);

        @Execute("qom-list")
        Mono<List<Property>> list(String path);

        @Execute("qom-get")
        Mono<BigInteger> integer(String path, String property);

        @Execute("object-add")
        Mono<Void> addMemory(String qomType, String id, BigInteger size, @Nullable Boolean prealloc);

        @Execute("query-version")
        Mono<Map<String, Object>> version();

        @Execute(value = "migrate-pause", oob = true)
        Mono<Void> pauseMigration();

        @Execute("closefd")
        Mono<Void> close(@ArgumentName("fdname") FdSource fd);

        @Execute("query-status")
        Mono<Void> refused(FdSource fd);
    }

    private QmpSession session;
    private Commands commands;

    @BeforeEach
    void declare(QmpSession session) {
        this.session = session;
        commands = QmpCommands.of(session, Commands.class);
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    @Test
    @DisplayName("query-status is a record with an enum")
    void status() {
        assertEquals(new Status(false, RunState.PRELAUNCH), await(commands.status()));
        session.execute("cont").block(PATIENCE);
        assertEquals(new Status(true, RunState.RUNNING), await(commands.status()));
    }

    @Test
    @DisplayName("blockdev-add takes a union as its arguments, and the nodes are what was asked for")
    void nodes() {
        commands.add(new Raw("top", new NullCo("bottom", 1L << 20, true), Optional.of(DetectZeroes.ON)))
                .block(PATIENCE);
        List<Node> nodes = await(commands.nodes(Optional.of(true)).collectList());
        Node top = nodes.stream()
                .filter(node -> node.nodeName().equals("top"))
                .findFirst()
                .orElseThrow();
        assertEquals("raw", top.drv());
        assertEquals(DetectZeroes.ON, top.detectZeroes());
        assertEquals(0L, top.backingFileDepth());
        assertEquals(true, top.cache().writeback());
        assertEquals(1L << 20, top.image().virtualSize());
        assertEquals(Optional.empty(), top.backingFile());
        Node bottom = nodes.stream()
                .filter(node -> node.nodeName().equals("bottom"))
                .findFirst()
                .orElseThrow();
        assertEquals(true, bottom.ro());
        assertEquals(
                nodes.size(), await(commands.nodes(Optional.empty()).count()).intValue());
        commands.delete("top").block(PATIENCE);
        StepVerifier.create(commands.delete("top"))
                .expectError(ExecuteError.class)
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("query-block has the drives of the machine")
    @Qemu(args = {"-drive", "driver=null-co,if=none,id=d0,size=1M,read-zeroes=on"})
    void block() {
        Device device = await(
                commands.block().filter(drive -> drive.device().equals("d0")).next());
        assertEquals(1L << 20, device.inserted().orElseThrow().image().virtualSize());
        assertEquals(Optional.empty(), device.qdev());
    }

    @Test
    @DisplayName("qom-list is a list, and an integer beyond a long is a BigInteger")
    void qom() {
        List<Property> properties = await(commands.list("/machine"));
        assertTrue(properties.contains(new Property("type", "string")), properties::toString);
        commands.addMemory("memory-backend-ram", "m0", BigInteger.valueOf(1 << 20), null)
                .block(PATIENCE);
        assertEquals(BigInteger.valueOf(1 << 20), await(commands.integer("/objects/m0", "size")));
        assertTrue(await(commands.version()).containsKey("qemu"));
    }

    @Test
    @DisplayName("The schema of this QEMU has all that was used here, and not what it refuses")
    void schema() {
        assertEquals(
                List.of("refused"),
                QmpCommands.check(await(session.schema()), Commands.class).stream()
                        .filter(finding -> !finding.kind().isNote())
                        .map(CommandFinding::method)
                        .toList());
    }

    @Test
    @DisplayName("A command out of band is answered as one")
    void oob() {
        assertThrows(ExecuteError.class, () -> commands.pauseMigration().block(PATIENCE));
        assertTrue(session.isRunning());
    }

    @Test
    @DisplayName(
            "A descriptor is passed before the command and named in it; one that a refused command leaves is closed")
    void descriptors(QemuProcess qemu) throws IOException {
        Path file = Files.createFile(qemu.folder().resolve("passed"));
        FdSource fd = FdSource.of(file, FdAccess.READ_ONLY);
        commands.close(fd).block(PATIENCE);
        assertFalse(isOpen(qemu, file));
        session.getFd("other", fd).block(PATIENCE);
        assertTrue(isOpen(qemu, file));
        session.execute("closefd", Map.of("fdname", "other")).block(PATIENCE);
        assertThrows(ExecuteError.class, () -> commands.refused(fd).block(PATIENCE));
        assertFalse(isOpen(qemu, file));
    }

    private static boolean isOpen(QemuProcess qemu, Path file) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(qemu.pid()), "fd"))) {
            return open.anyMatch(fd -> {
                try {
                    return Files.readSymbolicLink(fd).equals(file);
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }
}
