package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import java.nio.file.Path;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Passing descriptors, as a user does. */
final class DescriptorSnippets {

    private DescriptorSnippets() {}

    // snippet: descriptors
    static Mono<Void> attach(QmpSession session, Path image) {
        return session.addFd(FdSource.of(image, FdAccess.READ_WRITE)) // QEMU itself need not be permitted to open it
                .map(passed -> Map.of("driver", "file", "filename", passed.path())) // for example /dev/fdset/0
                .map(file -> Map.of("driver", "raw", "node-name", "disk0", "file", file))
                .flatMap(disk -> session.execute("blockdev-add", disk))
                .then();
    }
    // end
}
