package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.schema.QmpSchema;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.schema.SchemaCheck;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

@DisplayName("The client's guide: asking the schema")
@ExtendWith(LeakGuard.class)
class SchemaSnippetsTest {

    private final SchemaSnippets snippets = new SchemaSnippets();

    private static <T> void assertEmits(String version, T expected, Function<QmpSession, Mono<T>> work) {
        try (RunningFakeVm vm =
                FakeVm.create().withProfile(QemuProfile.of(version)).start()) {
            StepVerifier.create(vm.client().use(work))
                    .expectNext(expected)
                    .expectComplete()
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("schema-question spells the option as each version of QEMU does")
    void question() {
        assertEmits("7.2", Map.of("reconnect", 1), snippets::dialsAgain);
        assertEmits("10.0", Map.of("reconnect-ms", 500), snippets::dialsAgain);
        assertEmits("11.1", Map.of("reconnect-ms", 500), snippets::dialsAgain);
    }

    @Test
    @DisplayName("schema-check lists what this QEMU does not have")
    void check() {
        List<String> needed = List.of("blockdev-add", "block-job-change", "migrate/arg-type/*channels");
        assertEmits("7.2", needed.subList(1, 3), session -> snippets.missing(session, needed));
        assertEmits("11.1", List.of(), session -> snippets.missing(session, needed));
    }

    @Test
    @DisplayName("the difference there is what 11.1 has and 10.0 has not of chardevs, and the other way round")
    void difference() throws IOException {
        QmpSchema older = SchemaCheck.qemu("10.0").schema();
        List<String> lines = older.differenceTo(SchemaCheck.qemu("11.1").schema())
                .toString()
                .lines()
                .filter(line -> line.contains(" chardev-add/"))
                .limit(3)
                .toList();
        String guide = Files.readString(Documents.file("qmp-reactive-core/README.md"));
        assertTrue(guide.contains(String.join("\n", lines)), lines::toString);
    }
}
