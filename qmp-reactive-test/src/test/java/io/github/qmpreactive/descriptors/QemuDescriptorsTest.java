package io.github.qmpreactive.descriptors;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.FdSetInfo;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.AddFdOptions;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("Descriptors passed to real QEMU")
class QemuDescriptorsTest {

    private static final int MANY = 200;

    private QemuProcess qemu;
    private QmpSession session;

    @BeforeEach
    void connect(QemuProcess process) {
        qemu = process;
        session = await(QmpClient.create().address(process.address()).name("vm").connect());
    }

    /** P28 The carrier byte earns no error: the session has come this far. */
    @AfterEach
    void stillRunning() {
        assertEquals(SessionState.RUNNING, session.state());
        await(session.execute("query-status"));
        session.disconnect().block(PATIENCE);
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE), "the Mono completed empty");
    }

    private Path file(String name) {
        return OpenFiles.create(qemu.folder(), name, 512);
    }

    private static FdSource readOnly(Path path) {
        return FdSource.of(path, FdAccess.READ_ONLY);
    }

    @Test
    @DisplayName("getFd hands over a file, which closefd closes; ours is closed with the reply")
    void getFd() {
        Path file = file("named");
        session.getFd("mine", readOnly(file)).block(PATIENCE);
        assertEquals(1, OpenFiles.count(qemu.pid(), file));
        assertEquals(0, OpenFiles.countHere(file));
        await(session.execute("closefd", Map.of("fdname", "mine")));
        assertEquals(0, OpenFiles.count(qemu.pid(), file));
    }

    /** A machine that does not run only marks what is removed. */
    @Test
    @Qemu(running = true)
    @DisplayName("addFd hands over a file, which query-fdsets shows with its text and remove-fd takes away")
    void addFd() {
        Path file = file("added");
        FdSetInfo first =
                await(session.addFd(readOnly(file), AddFdOptions.toSet(7).opaque("the \"first\"")));
        FdSetInfo second = await(session.addFd(FdSource.of(file, FdAccess.READ_WRITE), AddFdOptions.toSet(7)));
        FdSetInfo elsewhere = await(session.addFd(readOnly(file)));
        assertEquals(List.of(7L, 7L), List.of(first.fdsetId(), second.fdsetId()));
        assertTrue(elsewhere.fdsetId() != 7, elsewhere::toString);
        assertEquals("/dev/fdset/7", first.path());
        assertEquals(file.toString(), OpenFiles.of(qemu.pid()).get(first.fd()));
        JsonNode sets = await(session.execute("query-fdsets"));
        assertEquals("the \"first\"", fd(sets, first).path("opaque").stringValue());
        assertTrue(fd(sets, second).path("opaque").isMissingNode());
        await(session.execute("remove-fd", Map.of("fdset-id", 7, "fd", first.fd())));
        await(session.execute("remove-fd", Map.of("fdset-id", 7)));
        assertEquals(1, await(session.execute("query-fdsets")).size());
    }

    private static JsonNode fd(JsonNode sets, FdSetInfo wanted) {
        for (JsonNode set : sets) {
            for (JsonNode fd : set.path("fds")) {
                if (set.path("fdset-id").longValue() == wanted.fdsetId()
                        && fd.path("fd").longValue() == wanted.fd()) {
                    return fd;
                }
            }
        }
        throw new AssertionError(wanted + " is not in " + sets);
    }

    @Test
    @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-vga", "std"})
    @DisplayName(
            "QEMU writes the guest's display into a descriptor that is for writing, and refuses one that is for both")
    void writes() throws IOException {
        Path screen = OpenFiles.create(qemu.folder(), "screen", 0);
        FdSetInfo both = await(session.addFd(FdSource.of(screen, FdAccess.READ_WRITE)));
        StepVerifier.create(session.execute("screendump", Map.of("filename", both.path())))
                .verifyError(ExecuteError.class);
        FdSetInfo writing = await(session.addFd(FdSource.of(screen, FdAccess.WRITE_ONLY)));
        await(session.execute("screendump", Map.of("filename", writing.path())));
        assertEquals("P6", Files.readString(screen, StandardCharsets.ISO_8859_1).substring(0, 2));
    }

    @Test
    @Qemu(args = {"-machine", "pc", "-accel", "tcg", "-m", "32", "-vga", "std"})
    @DisplayName("The display is written again and again, though nothing else is sent")
    void writesAgain() {
        Path screen = OpenFiles.create(qemu.folder(), "screen", 0);
        for (int i = 0; i < 50; i++) {
            await(Mono.usingWhen(
                    session.addFd(FdSource.of(screen, FdAccess.WRITE_ONLY)),
                    set -> session.execute("screendump", Map.of("filename", set.path())),
                    set -> session.execute("remove-fd", Map.of("fdset-id", set.fdsetId()))));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"READ_ONLY", "READ_WRITE"})
    @DisplayName("A block device opens on a passed descriptor, and has the size of the file")
    void blockDevice(FdAccess access) {
        Path image = OpenFiles.create(qemu.folder(), "disk", 3 << 20);
        FdSetInfo passed = await(session.addFd(FdSource.of(image, access)));
        await(session.execute(
                "blockdev-add",
                Map.of(
                        "driver",
                        "raw",
                        "node-name",
                        "disk0",
                        "read-only",
                        access == FdAccess.READ_ONLY,
                        "file",
                        Map.of("driver", "file", "filename", passed.path()))));
        JsonNode nodes = await(session.execute("query-named-block-nodes"));
        for (JsonNode node : nodes) {
            if (node.path("node-name").stringValue().equals("disk0")) {
                assertEquals(3 << 20, node.path("image").path("virtual-size").longValue());
                return;
            }
        }
        throw new AssertionError(nodes.toString());
    }

    @Test
    @DisplayName("A file is neither truncated nor created, whatever it is opened for")
    void contentStays() throws IOException {
        byte[] content = {1, 2, 3};
        Path file = Files.write(qemu.folder().resolve("content"), content);
        session.getFd("a", readOnly(file)).block(PATIENCE);
        session.getFd("b", FdSource.of(file, FdAccess.READ_WRITE)).block(PATIENCE);
        assertArrayEquals(content, Files.readAllBytes(file));
        Path missing = qemu.folder().resolve("missing");
        StepVerifier.create(session.getFd("c", FdSource.of(missing, FdAccess.READ_WRITE)))
                .verifyErrorSatisfies(e -> assertReason(Reason.CANNOT_OPEN, e));
        assertTrue(Files.notExists(missing));
    }

    @ParameterizedTest
    @EnumSource(
            value = OobMode.class,
            names = {"REQUIRE", "OFF"})
    @DisplayName("P28 200 at once, among as many other commands, from two callers: each gets its own, and none is left")
    void many(OobMode oob) throws IOException {
        session.disconnect().block(PATIENCE);
        session = await(QmpClient.create().address(qemu.address()).oob(oob).connect());
        Flux<String> wrong =
                Flux.range(0, MANY).flatMap(n -> session.execute("query-status").then(Mono.<String>empty()), MANY);
        wrong = Flux.merge(wrong, caller("a"), caller("b"), wrong);
        assertEquals(List.of(), wrong.collectList().block(PATIENCE));
        assertEquals(List.of(), OpenFiles.hereIn(qemu.folder()));
        assertEquals(MANY, await(session.execute("query-fdsets")).size());
    }

    /** Passes half of them; emits what is wrong. */
    private Flux<String> caller(String name) {
        return Flux.range(0, MANY / 2)
                .map(n -> file(name + n))
                .collectList()
                .flatMapMany(Flux::fromIterable)
                .flatMap(
                        file -> session.addFd(
                                        readOnly(file), AddFdOptions.newSet().opaque(file.toString()))
                                .map(info ->
                                        file + " " + OpenFiles.of(qemu.pid()).get(info.fd())),
                        MANY)
                .filter(pair -> !pair.split(" ")[0].equals(pair.split(" ")[1]));
    }

    @Test
    @DisplayName("sendFd: QEMU keeps the descriptor behind other commands, until a command takes it")
    void sendFd() {
        Path file = file("bare");
        session.sendFd(readOnly(file)).block(PATIENCE);
        Flux.range(0, 20).flatMap(n -> session.execute("query-status")).blockLast(PATIENCE);
        await(session.execute("getfd", Map.of("fdname", "bare")));
        assertEquals(1, OpenFiles.count(qemu.pid(), file));
    }

    @Test
    @DisplayName("A descriptor of the caller's stays open; the caller may close it once the call is subscribed to")
    void raw() throws IOException {
        Path file = file("raw");
        FdSetInfo passed;
        try (RandomAccessFile theirs = new RandomAccessFile(file.toFile(), "rw")) {
            FdSource raw = FdSource.ofRaw(OpenFiles.numberOf(file));
            passed = await(session.addFd(raw));
            assertEquals(1, OpenFiles.countHere(file));
            assertEquals(512, theirs.length());
        }
        assertEquals(file.toString(), OpenFiles.of(qemu.pid()).get(passed.fd()));
        CompletableFuture<FdSetInfo> second;
        try (RandomAccessFile theirs = new RandomAccessFile(file.toFile(), "r")) {
            assertEquals(512, theirs.length());
            qemu.suspend();
            second = session.addFd(FdSource.ofRaw(OpenFiles.numberOf(file))).toFuture();
        }
        qemu.resume();
        long number = second.join().fd(); // it has none before
        assertEquals(file.toString(), OpenFiles.of(qemu.pid()).get(number));
        assertEquals(0, OpenFiles.countHere(file));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 1_000_000, Integer.MAX_VALUE})
    @DisplayName("A wrong descriptor is a clear error, and the session goes on")
    void wrongDescriptor(int number) {
        StepVerifier.create(session.addFd(FdSource.ofRaw(number))).verifyErrorSatisfies(e -> {
            assertReason(Reason.BAD_DESCRIPTOR, e);
            assertEquals(
                    "[vm] descriptor " + number + " cannot be passed: Bad file descriptor (errno 9)", e.getMessage());
        });
        assertEquals(0, await(session.execute("query-fdsets")).size());
    }

    @Test
    @DisplayName("A command that QEMU refuses fails with its words; ours is closed, and the next one works")
    void refused() {
        Path file = file("refused");
        StepVerifier.create(session.getFd("1st", readOnly(file)))
                .verifyErrorSatisfies(e -> assertEquals(
                        "Parameter 'fdname' expects a name not starting with a digit",
                        assertInstanceOf(ExecuteError.class, e).description()));
        assertEquals(0, OpenFiles.countHere(file));
        session.getFd("first", readOnly(file)).block(PATIENCE);
        assertEquals(1, OpenFiles.count(qemu.pid(), file));
    }

    @Test
    @DisplayName(
            "Of 50 calls, each second cancelled at once: the others have what they asked for, and none of ours is left")
    void cancelled() {
        List<Path> files =
                Flux.range(0, 50).map(n -> file("c" + n)).collectList().block(PATIENCE);
        String wrong = Flux.fromIterable(Objects.requireNonNull(files))
                .index()
                .flatMap(
                        indexed -> {
                            var call = session.addFd(readOnly(indexed.getT2()))
                                    .filter(info -> !indexed.getT2()
                                            .toString()
                                            .equals(OpenFiles.of(qemu.pid()).get(info.fd())))
                                    .map(Object::toString);
                            if (indexed.getT1() % 2 == 0) {
                                call.subscribe().dispose();
                                return Mono.empty();
                            }
                            return call;
                        },
                        50)
                .blockFirst(PATIENCE);
        assertNull(wrong);
        files.forEach(file -> assertEquals(0, OpenFiles.countHere(file)));
    }

    private static void assertReason(Reason reason, Throwable error) {
        assertEquals(
                reason, assertInstanceOf(DescriptorPassingError.class, error).reason(), error::getMessage);
    }
}
