package io.github.qmpreactive.test.internal.process;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuBinary;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

@DisplayName("The version that a program tells")
class ProgramVersionTest {

    @TempDir
    Path folder;

    private Path program(String output) throws IOException {
        Path program = folder.resolve("qemu");
        Files.writeString(
                program, "#!/bin/sh\necho \"$1\" >> '" + folder.resolve("asked") + "'\necho '" + output + "'\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "QEMU emulator version 9.2.50 (v9.2.0-123-gabc)| 9 | 2 | 50 | v9.2.0-123-gabc",
                "qemu-storage-daemon version 10.0.2 | 10 | 0 | 2 | ''",
                "QEMU Guest Agent 7.2.22 | 7 | 2 | 22 | ''",
                "QEMU emulator version 11.0 | 11 | 0 | 0 | ''"
            })
    @DisplayName("is read, and asked for once")
    void reads(String output, int major, int minor, int micro, String packageName) throws IOException {
        Path program = program(output);
        QemuVersion version = ProgramVersion.of(program);
        assertEquals(new QemuVersion(major, minor, micro, packageName), version);
        assertEquals(version, ProgramVersion.of(program));
        assertEquals("--version\n", Files.readString(folder.resolve("asked")));
    }

    @Test
    @DisplayName("is missed with what was printed, or why it could not be asked for")
    void missing() throws IOException {
        Path silly = program("error while loading shared libraries");
        IllegalStateException error = assertThrows(IllegalStateException.class, () -> ProgramVersion.of(silly));
        assertEquals(
                silly
                        + " --version does not tell a version of QEMU; it printed: error while loading shared libraries\n",
                error.getMessage());
        Path none = folder.resolve("none");
        error = assertThrows(IllegalStateException.class, () -> ProgramVersion.of(none));
        assertTrue(error.getMessage().startsWith(none + " --version cannot be run: "), error.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    @Qemu
    @DisplayName("is told by each of QEMU's programs that is here")
    void real(QemuBinary binary) {
        assertEquals(binary.isAvailable(), binary.version().isPresent());
        assertFalse(binary.version().filter(version -> version.major() == 0).isPresent());
    }

    @Test
    @Qemu
    @DisplayName("is that of the greeting")
    void greeting(QemuProcess qemu) {
        QemuVersion told = QemuBinary.SYSTEM.version().orElseThrow();
        QemuVersion greeted = QmpClient.create()
                .address(qemu.address())
                .withSession(session -> Mono.justOrEmpty(session.greeting()))
                .blockLast(PATIENCE)
                .version();
        assertEquals(0, told.compareTo(greeted));
    }
}
