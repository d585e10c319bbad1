package io.github.qmpreactive.descriptors;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.option.FdAccess;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;

@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakGuard.class)
@DisplayName("A subscriber to a call that brings a descriptor")
class DescriptorOnSubscribeTest {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.github.qmpreactive.session");

    private static final class Throwing implements CoreSubscriber<Object> {

        @Override
        public void onSubscribe(Subscription subscription) {
            throw new IllegalStateException("onSubscribe");
        }

        @Override
        public void onNext(Object value) {
            throw new AssertionError("onNext");
        }

        @Override
        public void onError(Throwable error) {
            throw new AssertionError("onError", error);
        }

        @Override
        public void onComplete() {
            throw new AssertionError("onComplete");
        }
    }

    @Test
    @DisplayName("that throws from onSubscribe leaves no descriptor open")
    void throwing(@TempDir Path folder) {
        Path file = OpenFiles.create(folder, "image", 512);
        LOG.setLevel(Level.OFF);
        try (RunningFakeQmpServer server =
                FakeQmpServer.create().when("query-status").reply("{}").startUnix()) {
            QmpSession session = Objects.requireNonNull(
                    QmpClient.create().address(server.address()).connect().block(PATIENCE));
            session.addFd(FdSource.of(file, FdAccess.READ_ONLY)).subscribe(new Throwing());
            session.execute("query-status").block(PATIENCE);
            assertEquals(0, OpenFiles.countHere(file));
            session.disconnect().block(PATIENCE);
        } finally {
            LOG.setLevel(null);
        }
    }
}
