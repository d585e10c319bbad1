package io.github.qmpreactive.job;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Block nodes for jobs. */
final class BlockNodes {

    static final int SIZE = 1 << 20;

    private final QmpSession session;
    private final Path folder;

    BlockNodes(QmpSession session, Path folder) {
        this.session = session;
        this.folder = folder;
    }

    QmpSession session() {
        return session;
    }

    QmpJobs jobs() {
        return QmpJobs.of(session);
    }

    /** A disk whose content does not matter, at a fake, too. */
    void disk(String node) {
        disk(node, SIZE);
    }

    void disk(String node, int size) {
        add(Map.of("driver", "null-co", "node-name", node, "size", size));
    }

    /** A file full of data. */
    void raw(String node) {
        raw(node, SIZE);
    }

    void raw(String node, int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) 1);
        Path file = folder.resolve(node);
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        add(Map.of("driver", "file", "node-name", node, "filename", file.toString()));
    }

    /** A node whose first write fails: the disk of the image is full. */
    void full(String node, String image) {
        add(Map.of(
                "driver",
                "blkdebug",
                "node-name",
                node,
                "image",
                image,
                "inject-error",
                List.of(Map.of("event", "none", "iotype", "write", "errno", 28, "once", true))));
    }

    /** A qcow2 image, made by jobs. */
    void qcow2(String node) {
        qcow2(node, Map.of());
    }

    void overlay(String node, String backing) {
        qcow2(node, Map.of("backing", backing));
    }

    private void qcow2(String node, Map<String, String> more) {
        String file = node + "-file";
        run(create(Map.of("driver", "file", "filename", folder.resolve(file).toString(), "size", 0)));
        add(Map.of(
                "driver",
                "file",
                "node-name",
                file,
                "filename",
                folder.resolve(file).toString()));
        run(create(Map.of("driver", "qcow2", "file", file, "size", SIZE)));
        Map<String, String> options = new HashMap<>(more);
        options.putAll(Map.of("driver", "qcow2", "node-name", node, "file", file));
        add(options);
    }

    static QmpCommand create(Map<String, ?> options) {
        return QmpCommand.of("blockdev-create").arguments(Map.of("options", options));
    }

    private void run(QmpCommand job) {
        jobs().run(job).blockLast(Patience.PATIENCE);
    }

    void add(Map<String, ?> options) {
        session.execute("blockdev-add", options).block(Patience.PATIENCE);
    }

    void delete(String node) {
        session.execute("blockdev-del", Map.of("node-name", node)).block(Patience.PATIENCE);
    }
}
