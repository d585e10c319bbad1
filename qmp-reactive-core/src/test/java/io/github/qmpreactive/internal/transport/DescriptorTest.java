package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledOnOs(OS.LINUX)
class DescriptorTest {

    private static final int O_ACCMODE = 3;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;

    @TempDir
    Path folder;

    private static Path link(int number) {
        return Path.of("/proc/self/fd/" + number);
    }

    /** As the kernel tells them. */
    private static int flags(Descriptor descriptor) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor.number())).stream()
                .filter(line -> line.startsWith("flags:"))
                .mapToInt(line ->
                        Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                .findFirst()
                .orElseThrow();
    }

    private static DescriptorPassingError failure(FdSource source) {
        return assertThrows(DescriptorPassingError.class, () -> Descriptor.take("[vm] ", source));
    }

    @ParameterizedTest
    @EnumSource(FdAccess.class)
    @DisplayName("A file is opened as it is asked for, is not inherited, and keeps its content")
    void opens(FdAccess access) throws IOException {
        Path file = Files.writeString(folder.resolve("with space, \u00e4"), "content");
        try (Descriptor descriptor = Descriptor.take("", FdSource.of(file, access))) {
            assertEquals(file.toRealPath(), Files.readSymbolicLink(link(descriptor.number())));
            int flags = flags(descriptor);
            int mode =
                    switch (access) {
                        case READ_ONLY -> 0;
                        case WRITE_ONLY -> 1;
                        case READ_WRITE -> 2;
                    };
            assertEquals(mode, flags & O_ACCMODE);
            assertEquals(O_CLOEXEC, flags & (O_CLOEXEC | O_NONBLOCK));
        }
        assertEquals("content", Files.readString(file));
    }

    @Test
    @DisplayName("A FIFO without a writer is opened without waiting, and reads from its descriptor block")
    void fifo() throws IOException, InterruptedException {
        Path fifo = folder.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        try (Descriptor descriptor = Descriptor.take("", FdSource.of(fifo, FdAccess.READ_ONLY))) {
            assertEquals(0, flags(descriptor) & O_NONBLOCK);
        }
    }

    @Test
    @DisplayName("A descriptor is duplicated; the copy is closed once, and the original is not")
    void duplicates() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "content");
        Descriptor original = Descriptor.take("", FdSource.of(file, FdAccess.READ_ONLY));
        Descriptor copy = Descriptor.take("", FdSource.ofRaw(original.number()));
        int number = copy.number();
        assertTrue(number != original.number());
        assertEquals(O_CLOEXEC, flags(copy) & O_CLOEXEC);
        copy.close();
        assertTrue(copy.isClosed());
        // The number is free for another file, which a second close must not hit.
        Descriptor next = Descriptor.take("", FdSource.ofRaw(original.number()));
        copy.close();
        assertEquals(file.toRealPath(), Files.readSymbolicLink(link(next.number())));
        assertEquals(file.toRealPath(), Files.readSymbolicLink(link(original.number())));
        next.close();
        original.close();
    }

    @Test
    @DisplayName("What cannot be taken says why")
    void failures() {
        DescriptorPassingError missing = failure(FdSource.of(Path.of("/no/such/file"), FdAccess.READ_ONLY));
        assertEquals(Reason.CANNOT_OPEN, missing.reason());
        assertEquals(
                "[vm] /no/such/file (read-only) cannot be opened: No such file or directory (errno 2)",
                missing.getMessage());
        assertEquals(
                Reason.CANNOT_OPEN,
                failure(FdSource.of(folder, FdAccess.READ_WRITE)).reason());
        DescriptorPassingError closed = failure(FdSource.ofRaw(-1));
        assertEquals(Reason.BAD_DESCRIPTOR, closed.reason());
        assertEquals("[vm] descriptor -1 cannot be passed: Bad file descriptor (errno 9)", closed.getMessage());
    }
}
