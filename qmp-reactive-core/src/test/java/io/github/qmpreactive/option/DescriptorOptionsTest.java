package io.github.qmpreactive.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.FdSetInfo;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorOptionsTest {

    @Test
    @DisplayName("Sources are values, and say what they are")
    void sources() {
        FdSource file = FdSource.of(Path.of("image.raw"), FdAccess.READ_WRITE);
        assertEquals(new FdSource.OfPath(Path.of("image.raw"), FdAccess.READ_WRITE), file);
        assertEquals("image.raw (read-write)", file.toString());
        assertEquals("descriptor 7", FdSource.ofRaw(7).toString());
    }

    @Test
    @DisplayName("A file within an archive has no descriptor")
    void otherFileSystem(@TempDir Path folder) throws IOException {
        URI archive = URI.create("jar:" + folder.resolve("a.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path inside = zip.getPath("/image.raw");
            assertThrows(IllegalArgumentException.class, () -> FdSource.of(inside, FdAccess.READ_ONLY));
        }
    }

    @Test
    @DisplayName("A new fd set by default; an id of 0 at least; a text in either case")
    void addFdOptions() {
        assertEquals(OptionalLong.empty(), AddFdOptions.newSet().fdset());
        assertEquals(Optional.empty(), AddFdOptions.newSet().opaque());
        AddFdOptions options = AddFdOptions.toSet(0).opaque("text");
        assertEquals(OptionalLong.of(0), options.fdset());
        assertEquals(Optional.of("text"), options.opaque());
        assertTrue(AddFdOptions.newSet().opaque("text").fdset().isEmpty());
        assertThrows(IllegalArgumentException.class, () -> AddFdOptions.toSet(-1));
    }

    @Test
    @DisplayName("A set is opened under a name of its own")
    void path() {
        assertEquals("/dev/fdset/3", new FdSetInfo(3, 20).path());
    }
}
