package io.github.qmpreactive.readme;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.observe.QmpObserver;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("README: the observers do what the guide says")
@ExtendWith(LeakGuard.class)
class ObserveSnippetsTest {

    private static final ObserveSnippets SNIPPETS = new ObserveSnippets();

    @Test
    @DisplayName("observe makes a timer of the commands and counts what is open")
    void meters() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        QmpObserver observer = SNIPPETS.qmpObserver(observations, meters);
        try (RunningFakeVm vm = FakeVm.create().start()) {
            SNIPPETS.qmpClient(observer)
                    .address(vm.address())
                    .use(session -> session.execute("query-status"))
                    .block(PATIENCE);
        }
        assertEquals(
                1,
                meters.get("qmp.command")
                        .tag("command", "query-status")
                        .tag("outcome", "success")
                        .timer()
                        .count());
        assertEquals(
                0, meters.get("qmp.sessions").tag("peer", "monitor").gauge().value());
    }

    @Test
    @DisplayName("observe-own writes a line for each command")
    void audit() {
        List<String> lines = new CopyOnWriteArrayList<>();
        try (RunningFakeVm vm = FakeVm.create().start()) {
            vm.client()
                    .name("vm-17")
                    .observer(SNIPPETS.audit(lines::add))
                    .use(session -> session.execute("query-status"))
                    .block(PATIENCE);
        }
        assertEquals(List.of("vm-17 query-status SUCCESS"), lines);
    }
}
