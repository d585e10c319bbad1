package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("README: the snippet on descriptors does what it says")
class DescriptorSnippetsTest {

    @Test
    @DisplayName("descriptors gives QEMU a disk by its descriptor")
    void descriptors(QemuProcess qemu) throws IOException {
        Path image = Files.write(qemu.folder().resolve("disk"), new byte[1 << 20]);
        JsonNode nodes = QmpClient.create()
                .address(qemu.address())
                .withSession(session ->
                        DescriptorSnippets.attach(session, image).then(session.execute("query-named-block-nodes")))
                .blockLast(PATIENCE);
        assertNotNull(nodes);
        // The disk, and the file beneath it.
        assertEquals(2, nodes.size());
        nodes.forEach(node ->
                assertEquals(1 << 20, node.path("image").path("virtual-size").longValue()));
    }
}
