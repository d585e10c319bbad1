package io.github.qmpreactive.console;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.test.StepVerifier;

@DisplayName("Console: commands per second")
@ExtendWith(LeakGuard.class)
class RatesTest {

    private static QmpSession connect(RunningFakeVm vm, Rates rates) {
        return Objects.requireNonNull(QmpClient.create()
                .address(vm.address())
                .observer(rates.observer())
                .connect()
                .block(PATIENCE));
    }

    @Test
    @DisplayName("A browser sees the commands of the first second, too, and none of before")
    void firstSecond() {
        AtomicReference<QmpSession> session = new AtomicReference<>();
        try (RunningFakeVm vm = FakeVm.create().start()) {
            StepVerifier.withVirtualTime(() -> {
                        Rates rates = new Rates();
                        session.set(connect(vm, rates));
                        session.get().execute("query-name").block(PATIENCE);
                        return rates.each().map(Rates.Rate::commands);
                    })
                    .thenAwait(Duration.ZERO)
                    .then(() -> session.get().execute("query-status").block(PATIENCE))
                    .thenAwait(Duration.ofSeconds(1))
                    .expectNext(1L)
                    .thenAwait(Duration.ofSeconds(1))
                    .expectNext(0L)
                    .thenCancel()
                    .verify(PATIENCE);
            session.get().disconnect().block(PATIENCE);
        }
    }
}
