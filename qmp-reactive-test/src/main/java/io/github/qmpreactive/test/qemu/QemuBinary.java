package io.github.qmpreactive.test.qemu;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.process.ProgramVersion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The programs that speak QMP, or the guest agent's variant of it, and where the kit looks for them. */
public enum QemuBinary {
    /**
     * A whole machine: the program that the environment variable {@code QEMU_BINARY} names, or else
     * {@code qemu-system-x86_64} or the one of this computer's architecture on the {@code PATH}.
     */
    SYSTEM("QEMU_BINARY", "qemu-system-x86", "qemu-system-x86_64"),

    /**
     * The storage daemon, which has block devices and jobs but no machine: the program that the environment variable
     * {@code QEMU_STORAGE_DAEMON} names, or {@code qemu-storage-daemon} on the {@code PATH}.
     */
    STORAGE_DAEMON("QEMU_STORAGE_DAEMON", "qemu-system-common", "qemu-storage-daemon"),

    /**
     * The guest agent: the program that the environment variable {@code QEMU_GA} names, or {@code qemu-ga} on the
     * {@code PATH} or in {@code /usr/sbin}.
     */
    GUEST_AGENT("QEMU_GA", "qemu-guest-agent", "qemu-ga");

    /** Where Debian has the agent; the {@code PATH} of ordinary users leaves it out. */
    private static final String SYSTEM_PROGRAMS = "/usr/sbin";

    private final String variable;
    private final String debianPackage;
    private final String program;

    QemuBinary(String variable, String debianPackage, String program) {
        this.variable = variable;
        this.debianPackage = debianPackage;
        this.program = program;
    }

    /** {@return the path of the program; empty if there is none. Where the variable is set, only that program counts} */
    public Optional<Path> find() {
        return named().map(List::of).orElseGet(this::programs).stream()
                .flatMap(name -> locations(name).stream())
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** {@return whether the variable is set, so that no other program will do} */
    public boolean isNamed() {
        return named().isPresent();
    }

    /** {@return whether the program can be found} */
    public boolean isAvailable() {
        return find().isPresent();
    }

    /**
     * The version of the program. The first call in this JVM runs the program with {@code --version}, and blocks.
     *
     * @return the version; empty if there is no program
     * @throws IllegalStateException if the program prints no version; the message contains what it printed
     */
    public Optional<QemuVersion> version() {
        return find().map(ProgramVersion::of);
    }

    /** {@return a sentence that says why there is no program, and how to get one} */
    public String installHint() {
        return named().map(name -> variable + " is " + name + ", which is not an executable file"
                        + (isPath(name) ? "" : " on the PATH"))
                .orElse("There is no " + program + " on the PATH: install it (apt-get install " + debianPackage
                        + ") or set " + variable);
    }

    private Optional<String> named() {
        return Optional.ofNullable(System.getenv(variable)).filter(name -> !name.isBlank());
    }

    private List<String> programs() {
        return this == SYSTEM ? List.of(program, "qemu-system-" + architecture()) : List.of(program);
    }

    private static List<Path> locations(String name) {
        if (isPath(name)) {
            return List.of(Path.of(name));
        }
        @Nullable String path = System.getenv("PATH");
        List<Path> locations = new ArrayList<>();
        String folders = (path == null ? "" : path) + File.pathSeparator + SYSTEM_PROGRAMS;
        for (String folder : folders.split(File.pathSeparator, -1)) {
            if (!folder.isEmpty()) {
                locations.add(Path.of(folder, name));
            }
        }
        return locations;
    }

    private static boolean isPath(String name) {
        return name.indexOf('/') >= 0 || name.indexOf(File.separatorChar) >= 0;
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return name.equals("amd64") ? "x86_64" : name;
    }
}
