package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.PATIENCE;
import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;

@ExtendWith(LeakGuard.class)
@DisplayName("The window at real QEMU")
class QemuWindowTest {

    /** A command in band that takes as long as the server at the port keeps silent. */
    static QmpCommand slow(int port, String node) {
        return QmpCommand.of("blockdev-add")
                .arguments(Map.of(
                        "driver",
                        "nbd",
                        "node-name",
                        node,
                        "server",
                        Map.of("type", "inet", "host", "127.0.0.1", "port", String.valueOf(port))));
    }

    /** Returns when a command out of band was answered; before 6.0 with an error, there being no query-yank yet. */
    static void answerOutOfBand(QmpSession session) {
        if (session.greeting().orElseThrow().version().isAtLeast(6, 0)) {
            await(session.execute(QmpCommand.of("query-yank").oob()));
        } else {
            QmpCommand pause = QmpCommand.of("migrate-pause").oob();
            assertThrows(ExecuteError.class, () -> await(session.execute(pause)));
        }
    }

    @Test
    @Qemu(monitors = 2)
    @DisplayName("C24 C25 with the window full and a second monitor busy, a command out of band is answered first")
    void outOfBandOvertakes(QemuProcess qemu) throws IOException {
        QmpSession busy = await(QmpClient.create().address(qemu.address(0)).connect());
        QmpSession other = await(QmpClient.create().address(qemu.address(1)).connect());
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var first = busy.execute(slow(silent.getLocalPort(), "n0"))
                    .materialize()
                    .toFuture();
            Socket connection = silent.accept();
            // QEMU is in the midst of the first command now; these wait behind it, on both monitors.
            List<CompletableFuture<?>> waiting = IntStream.range(0, 20)
                    .<CompletableFuture<?>>mapToObj(
                            n -> (n < 10 ? busy : other).execute("query-status").toFuture())
                    .toList();
            answerOutOfBand(busy);
            answerOutOfBand(other);
            waiting.forEach(command -> assertFalse(command.isDone()));
            assertFalse(first.isDone());
            connection.close();
            joined(first);
            waiting.forEach(Clients::joined);
        }
        finish(busy.disconnect());
        finish(other.disconnect());
    }

    @Test
    @Qemu
    @DisplayName("C24 replies in band come in the order of the commands")
    void inOrder(QemuProcess qemu) {
        List<Integer> order = new CopyOnWriteArrayList<>();
        QmpClient.create()
                .address(qemu.address())
                .withSession(session -> Flux.range(0, 200)
                        .flatMap(n -> session.execute("query-status").doOnNext(status -> order.add(n)), 200))
                .blockLast(PATIENCE);
        assertEquals(IntStream.range(0, 200).boxed().toList(), order);
    }
}
