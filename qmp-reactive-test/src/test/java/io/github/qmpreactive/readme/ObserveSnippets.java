package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.observe.CommandEnd;
import io.github.qmpreactive.observe.CommandObservation;
import io.github.qmpreactive.observe.MicrometerMeters;
import io.github.qmpreactive.observe.MicrometerObserver;
import io.github.qmpreactive.observe.ObservedCommand;
import io.github.qmpreactive.observe.QmpObserver;
import io.github.qmpreactive.observe.SessionObservation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.Consumer;
import org.springframework.context.annotation.Bean;
import reactor.util.context.ContextView;

/** Pieces that a user puts into a program of their own. */
final class ObserveSnippets {

    // snippet: observe
    @Bean
    QmpObserver qmpObserver(ObservationRegistry observations, MeterRegistry meters) {
        return MicrometerObserver.of(observations).and(MicrometerMeters.of(meters));
    }

    @Bean
    QmpClient qmpClient(QmpObserver observer) {
        return QmpClient.create().address("unix:/run/vm.sock").observer(observer);
    }
    // end

    // snippet: observe-own
    QmpObserver audit(Consumer<String> lines) {
        return (session, context) -> new SessionObservation() {
            @Override
            public CommandObservation commandStarted(ObservedCommand command, ContextView context) {
                return new CommandObservation() {
                    @Override
                    public void ended(CommandEnd end) {
                        lines.accept(command.session() + " " + command.name() + " " + end.outcome());
                    }
                };
            }
        };
    }
    // end
}
