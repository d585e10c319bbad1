package io.github.qmpreactive.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A {@link BlastServer} in a process of its own, so that it shares neither heap nor event loop with the client. */
public final class ServerProcess implements AutoCloseable {

    private final Path folder;
    private final Process process;

    /**
     * Starts a server and waits until it listens.
     *
     * @throws IOException if it does not
     */
    public ServerProcess() throws IOException {
        folder = Files.createTempDirectory("blast");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BlastServer.class.getName(),
                        socket().toString(),
                        otherSocket().toString(),
                        silentSocket().toString())
                .redirectError(Redirect.INHERIT)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        if (said.readLine() == null) {
            close();
            throw new IOException("The server did not start");
        }
    }

    /**
     * Where it listens.
     *
     * @return the path of its socket
     */
    public Path socket() {
        return folder.resolve("qmp");
    }

    /**
     * Where it listens, too; the command {@code restart} has it close and open either socket.
     *
     * @return the path of its second socket
     */
    public Path otherSocket() {
        return folder.resolve("qmp2");
    }

    /**
     * Where it accepts and never says anything.
     *
     * @return the path of its third socket
     */
    public Path silentSocket() {
        return folder.resolve("silent");
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(socket());
        Files.deleteIfExists(otherSocket());
        Files.deleteIfExists(silentSocket());
        Files.deleteIfExists(folder);
    }
}
