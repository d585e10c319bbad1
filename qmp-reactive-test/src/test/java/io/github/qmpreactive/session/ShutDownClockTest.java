package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

@ExtendWith(LeakGuard.class)
@DisplayName("P21 While Reactor's clock is shut down")
class ShutDownClockTest {

    private final AtomicReference<Scheduler> clock = new AtomicReference<>();

    @BeforeEach
    void shutDown() {
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                clock.set(Schedulers.Factory.super.newParallel(parallelism, threads));
                return clock.get();
            }
        });
        assertFalse(Schedulers.parallel().isDisposed());
        clock.get().dispose();
    }

    @AfterEach
    void reset() {
        Schedulers.resetFactory();
    }

    private static QmpClient limited(String address) {
        return QmpClient.create().address(address).name("vm").commandTimeout(Clients.PATIENCE);
    }

    @Test
    @DisplayName("a client connects, asks and disconnects, with all of its limits")
    void connects() {
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().when("x").reply("7").startUnix()) {
            QmpSession session = connect(limited(server.address()));
            assertEquals(7, await(session.execute("x")).intValue());
            finish(session.disconnect());
        }
    }

    @Test
    @DisplayName("and its event loops are, too, a listener closes all the same")
    void bothOver(@TempDir Path folder) {
        LoopResources loops = LoopResources.create("doomed", 1, 1, true, false);
        QmpListener listener = await(
                QmpClient.create().unixSocket(folder.resolve("s")).runOn(loops).listen());
        // LoopResources.disposeLater needs the clock.
        for (EventLoopGroup group : List.of(loops.onServerSelect(true), loops.onServer(true), loops.onClient(true))) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
        }
        finish(listener.close());
    }

    @Test
    @DisplayName("a listener emits the session of a QEMU that connects, and closes")
    void listens(@TempDir Path folder) {
        Path socket = folder.resolve("s");
        QmpListener listener = await(limited("unix:" + socket).listen());
        var accepted = listener.sessions().next().toFuture();
        try (RunningFakeQmpServer dialling =
                FakeQmpServer.create().when("x").reply("7").startDialling(listener.address())) {
            QmpSession session = Clients.joined(accepted);
            assertEquals(7, await(session.execute("x")).intValue());
            finish(session.disconnect());
            assertTrue(dialling.isOpen());
        }
        finish(listener.close());
        assertFalse(Files.exists(socket));
    }
}
