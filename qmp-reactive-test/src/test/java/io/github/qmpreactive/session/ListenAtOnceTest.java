package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.finish;
import static io.github.qmpreactive.session.Clients.joined;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.QmpGuards;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@Tag("stress")
@ExtendWith(LeakGuard.class)
@QmpGuards
@DisplayName("Two listeners at one path at once")
class ListenAtOnceTest {

    private static final int ROUNDS = 200;

    @TempDir
    Path folder;

    static Stream<Arguments> clients() {
        QmpClient client = QmpClient.create().name("vm");
        QmpClient nio = client.runOn(NioLoops.INSTANCE);
        return Stream.of(
                Arguments.of(client, false),
                Arguments.of(client, true),
                Arguments.of(nio, false),
                Arguments.of(nio, true));
    }

    @ParameterizedTest(name = "{0}, a socket was left behind: {1}")
    @MethodSource("clients")
    @DisplayName("exactly one listens and can be reached, the other gets ADDRESS_IN_USE, and no file is left")
    void exactlyOne(QmpClient client, boolean leftBehind) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            Path path = folder.resolve("s" + i);
            if (leftBehind) {
                leaveBehind(path);
            }
            List<CompletableFuture<QmpListener>> attempts = new ArrayList<>();
            Mono<QmpListener> listen = client.unixSocket(path).listen().subscribeOn(Schedulers.boundedElastic());
            attempts.add(listen.toFuture());
            attempts.add(listen.toFuture());
            List<QmpListener> listeners = new ArrayList<>();
            for (CompletableFuture<QmpListener> attempt : attempts) {
                try {
                    listeners.add(joined(attempt));
                } catch (CompletionException e) {
                    ConnectError error = assertInstanceOf(ConnectError.class, e.getCause());
                    assertEquals(Reason.ADDRESS_IN_USE, error.reason(), error::getMessage);
                }
            }
            assertEquals(1, listeners.size());
            Dialer.to("unix:" + path).close();
            finish(listeners.get(0).close());
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.toList().isEmpty());
        }
    }

    private static void leaveBehind(Path path) throws IOException {
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(path));
        }
    }
}
