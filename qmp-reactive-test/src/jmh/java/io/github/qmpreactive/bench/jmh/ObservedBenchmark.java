package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.observe.CommandObservation;
import io.github.qmpreactive.observe.MicrometerMeters;
import io.github.qmpreactive.observe.MicrometerObserver;
import io.github.qmpreactive.observe.ObservedCommand;
import io.github.qmpreactive.observe.QmpObserver;
import io.github.qmpreactive.observe.SessionObservation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.util.context.ContextView;

/** Commands, 256 in flight, with and without an observer. */
@State(Scope.Benchmark)
public class ObservedBenchmark {

    private static final int IN_FLIGHT = 256;
    private static final int BATCH = 16_384;

    /** Who observes. */
    public enum Observer {
        /** No observer. */
        NONE,
        /** One that does nothing. */
        EMPTY,
        /** Gauges and counters. */
        METERS,
        /** The same, and a timer of commands by observations. */
        OBSERVATIONS
    }

    /** Who observes. */
    @Param
    Observer observer;

    private QmpSession session;

    /**
     * Connects.
     *
     * @param peers the server
     */
    @Setup
    public void connect(Peers peers) {
        session = Objects.requireNonNull(
                (observer == Observer.NONE ? peers.client : peers.client.observer(observer(observer)))
                        .connect()
                        .block(Peers.PATIENCE));
    }

    private static QmpObserver observer(Observer which) {
        MeterRegistry meters = new SimpleMeterRegistry();
        if (which == Observer.EMPTY) {
            return (session, context) -> new SessionObservation() {
                @Override
                public CommandObservation commandStarted(ObservedCommand command, ContextView subscriber) {
                    return new CommandObservation() {};
                }
            };
        }
        if (which == Observer.METERS) {
            return MicrometerMeters.of(meters);
        }
        ObservationRegistry observations = ObservationRegistry.create();
        observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        return MicrometerObserver.of(observations).and(MicrometerMeters.of(meters));
    }

    /** Disconnects. */
    @TearDown
    public void disconnect() {
        session.disconnect().block(Peers.PATIENCE);
    }

    /** So many pipelines, each sending its next command when its last was answered. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void observed() {
        PipelineBenchmark.run(session, IN_FLIGHT, BATCH);
    }
}
