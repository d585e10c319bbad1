package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.message.QemuVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What QEMU's programs say to {@code --version}. Each is asked once. */
public final class ProgramVersion {

    private static final int SECONDS = Integer.getInteger("qmp.test.patience", 20);
    private static final Pattern VERSION =
            Pattern.compile("(?:version|Agent) (\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?: \\(([^)]*)\\))?");
    private static final Map<Path, QemuVersion> KNOWN = new ConcurrentHashMap<>();

    private ProgramVersion() {}

    /**
     * Which version a program is of; blocks when it has to be asked.
     *
     * @throws IllegalStateException if it does not tell, with what it printed
     */
    public static QemuVersion of(Path program) {
        return KNOWN.computeIfAbsent(program.toAbsolutePath(), ProgramVersion::ask);
    }

    private static QemuVersion ask(Path program) {
        String text = output(program);
        Matcher version = VERSION.matcher(text);
        if (!version.find()) {
            throw new IllegalStateException(
                    program + " --version does not tell a version of QEMU; it printed: " + text);
        }
        @Nullable String micro = version.group(3);
        @Nullable String packageName = version.group(4);
        return new QemuVersion(
                Integer.parseInt(version.group(1)),
                Integer.parseInt(version.group(2)),
                micro == null ? 0 : Integer.parseInt(micro),
                packageName == null ? "" : packageName);
    }

    private static String output(Path program) {
        try {
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            var giveUp = CompletableFuture.delayedExecutor(SECONDS, TimeUnit.SECONDS);
            var late = CompletableFuture.runAsync(process::destroyForcibly, giveUp);
            try (InputStream output = process.getInputStream()) {
                return new String(output.readAllBytes(), StandardCharsets.UTF_8);
            } finally {
                late.cancel(false);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new IllegalStateException(program + " --version cannot be run: " + e.getMessage(), e);
        }
    }
}
