package io.github.qmpreactive.test.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Qemu
@DisplayName("When the JVM that has started QEMU")
class EndOfJvmTest {

    private record Started(long pid, Path folder) {

        static Started of(String line) {
            int space = line.indexOf(' ');
            return new Started(Long.parseLong(line.substring(0, space)), Path.of(line.substring(space + 1)));
        }

        /** A dead process whose new parent does not look after it is gone as well. */
        boolean isGone() {
            try {
                return ProcessHandle.of(pid).isEmpty()
                        || Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                                .contains(") Z ");
            } catch (IOException e) {
                return true;
            }
        }
    }

    private static List<Started> started(ChildJvm jvm) {
        List<Started> processes = new ArrayList<>();
        for (String line = jvm.line(); !HoldsQemu.READY.equals(line); line = jvm.line()) {
            processes.add(Started.of(Objects.requireNonNull(line, "it has ended")));
        }
        assertTrue(processes.size() >= 2);
        for (Started process : processes) {
            assertFalse(process.isGone());
            assertTrue(Files.isDirectory(process.folder));
        }
        return processes;
    }

    private static void assertGone(List<Started> processes) {
        for (Started process : processes) {
            Patience.until(process::isGone, () -> "process " + process.pid + " is still there");
            Patience.until(() -> Files.notExists(process.folder), () -> process.folder + " is still there");
        }
    }

    @Test
    @DisplayName("is killed, QEMU goes, one that was stopped too, and its folder with it")
    void killed() throws Exception {
        try (ChildJvm jvm = new ChildJvm(HoldsQemu.class, Map.of(), List.of())) {
            List<Started> processes = started(jvm);
            jvm.kill();
            assertGone(processes);
        }
    }

    @Test
    @DisplayName(
            "ends without having closed anything, temporary folders go: of a fake, a recorder, a QEMU that had ended")
    void folders(@TempDir Path recordings) throws Exception {
        List<String> recording = List.of(recordings.resolve("r.jsonl").toString());
        try (ChildJvm jvm = new ChildJvm(LeavesFolders.class, Map.of(), recording)) {
            List<Path> folders =
                    Stream.generate(jvm::line).limit(3).map(Path::of).toList();
            assertTrue(folders.stream().allMatch(Files::isDirectory), folders::toString);
            jvm.goOn();
            assertEquals(List.of(), folders.stream().filter(Files::exists).toList());
        }
    }

    @Test
    @DisplayName("ends without having closed it, QEMU goes, and its folder with it")
    void ends() throws Exception {
        try (ChildJvm jvm = new ChildJvm(HoldsQemu.class, Map.of(), List.of())) {
            List<Started> processes = started(jvm);
            jvm.goOn();
            assertGone(processes);
        }
    }
}
