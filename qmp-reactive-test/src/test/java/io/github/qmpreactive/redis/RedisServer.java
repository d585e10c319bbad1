package io.github.qmpreactive.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.lettuce.core.RedisURI;
import io.netty.channel.epoll.Epoll;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Redis server on a UNIX socket. */
final class RedisServer implements AutoCloseable {

    private static final String PROGRAM = "redis-server";

    private final SocketFolder folder;
    private final Path program;
    private final boolean onDisk;
    private RunningProgram running;

    /** With {@code onDisk}, what it has confirmed is on disk, so it has that again after it was killed. */
    RedisServer(SocketFolder folder, boolean onDisk) throws IOException {
        this.folder = folder;
        this.onDisk = onDisk;
        program = find().orElseThrow(() -> new IllegalStateException(hint() + " (qmp.qemu.required is true)"));
        running = launch();
    }

    /** Leaves a test out where there is no Redis, unless that is required. */
    static void assumeInstalled() {
        assumeTrue(Boolean.getBoolean("qmp.qemu.required") || find().isPresent(), RedisServer::hint);
        assumeTrue(Epoll.isAvailable(), "Lettuce needs Netty's native epoll for UNIX sockets");
    }

    private static String hint() {
        return PROGRAM + " is not on the PATH: apt-get install " + PROGRAM;
    }

    private static Optional<Path> find() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry, PROGRAM))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Its address, with a timeout of commands. */
    String uri(Duration timeout) {
        return "redis-socket://" + folder.path() + "/redis.sock?timeout=" + timeout.toMillis() + "ms";
    }

    RedisURI uri() {
        return RedisURI.create(uri(Patience.PATIENCE));
    }

    private RunningProgram launch() throws IOException {
        List<String> command = List.of(
                program.toString(),
                "--port",
                "0",
                "--unixsocket",
                folder.path() + "/redis.sock",
                "--dir",
                folder.path().toString(),
                "--save",
                "",
                "--appendonly",
                onDisk ? "yes" : "no",
                "--appendfsync",
                "always");
        return new RunningProgram(command, Map.of(), folder, line -> {});
    }

    /** Kills it, and starts it again with what is on disk. */
    void restart() throws IOException {
        running.close();
        running = launch();
    }

    /** Stops it for a while: clients wait for its answers. */
    void pause() {
        running.signal("STOP");
    }

    void resume() {
        running.signal("CONT");
    }

    @Override
    public void close() {
        running.close();
    }
}
