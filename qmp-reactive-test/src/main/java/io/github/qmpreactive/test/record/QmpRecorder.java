package io.github.qmpreactive.test.record;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Binder;
import io.github.qmpreactive.internal.transport.BoundSocket;
import io.github.qmpreactive.internal.transport.ConnectionLease;
import io.github.qmpreactive.internal.transport.Connector;
import io.github.qmpreactive.internal.transport.Endpoint;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.github.qmpreactive.test.internal.record.RecordingProxy;
import io.github.qmpreactive.test.internal.record.RecordingWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Stands between a client and QEMU, and writes what goes by to a file. Any client can be recorded: it is only given
 * another address. Immutable; one that is set up can be started any number of times.
 *
 * <pre>{@code
 * try (RunningQmpRecorder recorder =
 *         QmpRecorder.create(qemu.address(), Path.of("target/vm.jsonl")).startUnix()) {
 *     QmpClient client = QmpClient.create().address(recorder.address());
 *     ...
 * }
 * }</pre>
 *
 * <ul>
 *   <li>Every byte is passed on as it is, in both directions, only as fast as the other side takes it. The end of a
 *       connection is passed on, too; a reset as a reset over TCP, and as the end of the file over a UNIX socket.
 *   <li>Each client has a connection of its own to QEMU, opened when the client connects. If that fails, the connection
 *       of the client is closed, and the log says why.
 *   <li>A message is in the file before it is passed on; the file is readable at any time. Passwords and secrets are
 *       replaced, in replies by what was asked, and text with credentials in it as a whole, by the rules of the
 *       client's own log.
 *   <li>File descriptors are not passed on: {@code getFd}, {@code addFd} and {@code sendFd} do not work.
 *   <li>Input that is not JSON is passed on, and noted in the file, but cannot be replayed; neither can the guest
 *       agent.
 * </ul>
 */
public final class QmpRecorder {

    private final Endpoint qemu;
    private final Path file;

    private QmpRecorder(Endpoint qemu, Path file) {
        this.qemu = qemu;
        this.file = file;
    }

    /**
     * A recorder.
     *
     * @param qemu the address of QEMU, as {@code QmpClient.address} takes it
     * @param file where to write; replaced if it is there, its folder is created if it is not
     * @return the recorder
     * @throws IllegalArgumentException if the address is none
     */
    public static QmpRecorder create(String qemu, Path file) {
        return new QmpRecorder(AddressParser.parse(qemu), file);
    }

    /**
     * Creates the file, and listens on a UNIX socket in a temporary folder of its own; blocks, 10 s at most.
     *
     * @return the running recorder
     * @throws java.io.UncheckedIOException if the file cannot be created
     * @throws io.github.qmpreactive.error.ConnectError if it cannot listen
     */
    public RunningQmpRecorder startUnix() {
        SocketFolder folder = SocketFolder.create();
        return start(new Endpoint.Unix(folder.socket()), folder::delete);
    }

    /**
     * Creates the file, and listens on a TCP port of 127.0.0.1; blocks, 10 s at most.
     *
     * @return the running recorder
     * @throws java.io.UncheckedIOException if the file cannot be created
     * @throws io.github.qmpreactive.error.ConnectError if it cannot listen
     */
    public RunningQmpRecorder startTcp() {
        return start(new Endpoint.Tcp("127.0.0.1", 0), () -> {});
    }

    private RunningQmpRecorder start(Endpoint here, Runnable cleanUp) {
        return Objects.requireNonNull(bind(here, cleanUp).block(FakeLoop.PATIENCE));
    }

    private Mono<RunningQmpRecorder> bind(Endpoint here, Runnable cleanUp) {
        String name = "recorder of " + qemu;
        Connector connector = new Connector(name, qemu, FakeLoop.PATIENCE, null);
        Binder binder = new Binder(name, here, null, null);
        ConnectionLease lease = new ConnectionLease();
        return RecordingWriter.create(file)
                .flatMap(writer -> binder.bind(lease::hold, proxyTo(connector, writer))
                        .<RunningQmpRecorder>handle((proxy, sink) -> {
                            if (lease.handOver()) {
                                sink.next(new RunningQmpRecorder(proxy, file, cleanUp));
                            }
                        })
                        .onErrorResume(e -> writer.close().then(Mono.error(e)))
                        .doOnCancel(() -> writer.close().subscribe()))
                .doFinally(signal -> lease.giveUp())
                .doOnError(e -> cleanUp.run());
    }

    private static Function<BoundSocket, RecordingProxy> proxyTo(Connector connector, RecordingWriter writer) {
        return socket -> new RecordingProxy(socket, connector, writer);
    }
}
