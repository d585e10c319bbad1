package io.github.qmpreactive.readme;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What people read beside the Javadoc. */
final class Documents {

    /** Of the module; Maven says where it is, and elsewhere tests run in it. */
    static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final Path TOP = BASE.resolveSibling(".").normalize();

    private static final List<String> FILES = List.of(
            "README.md",
            "qmp-reactive-core/README.md",
            "qmp-reactive-test/README.md",
            "qmp-reactive-test/src/examples/console/README.md",
            "qmp-reactive-test/src/jmh/README.md",
            "CHANGELOG.md",
            ".github/CONTRIBUTING.md",
            ".github/SECURITY.md");

    private Documents() {}

    static List<Path> files() {
        return FILES.stream().map(TOP::resolve).toList();
    }

    static Path file(String name) {
        return TOP.resolve(name);
    }

    /** The texts by file name. */
    static Map<String, String> texts() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String file : FILES) {
            texts.put(file, Files.readString(TOP.resolve(file)));
        }
        return texts;
    }
}
