package io.github.qmpreactive.test.internal.verify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;

/**
 * What is verified, and the steps; immutable. Each run makes a {@link StepVerifier} of it, which sees the end of what is
 * verified as one more signal, so that each step can say in words of its own what it got in place of what it expected.
 */
public final class Verification<T> {

    private final Supplier<? extends Publisher<T>> source;
    private final boolean virtualTime;
    private final Wording wording;
    private final List<Step<T>> steps;

    private Verification(
            Supplier<? extends Publisher<T>> source, boolean virtualTime, Wording wording, List<Step<T>> steps) {
        this.source = source;
        this.virtualTime = virtualTime;
        this.wording = wording;
        this.steps = steps;
    }

    /**
     * A verification without steps.
     *
     * @param wording how signals are called
     */
    public static <T> Verification<T> of(
            Supplier<? extends Publisher<T>> source, boolean virtualTime, Wording wording) {
        return new Verification<>(source, virtualTime, wording, List.of());
    }

    /** This verification with one more step. */
    public Verification<T> then(Step<T> step) {
        List<Step<T>> longer = new ArrayList<>(steps);
        longer.add(step);
        return new Verification<>(source, virtualTime, wording, List.copyOf(longer));
    }

    /**
     * Subscribes, goes through the steps, cancels what has not ended, and waits for the answers to what was called.
     *
     * @throws AssertionError if something was not as expected, or took too long
     */
    public Duration run(Duration limit) {
        Run<T> run = new Run<>(steps.stream().map(Step::expectation).toList(), wording);
        Supplier<Publisher<Signal<T>>> watched = () -> run.watch(source.get());
        StepVerifier.FirstStep<Signal<T>> first = virtualTime
                ? StepVerifier.withVirtualTime(watched, Long.MAX_VALUE)
                : StepVerifier.create(Flux.defer(watched));
        // Else it would be the first thing that happens while nothing is to happen.
        StepVerifier.Step<Signal<T>> verifier = first.expectSubscription();
        for (int i = 0; i < steps.size(); i++) {
            verifier = steps.get(i).addition().addTo(verifier, run, i);
        }
        try {
            Duration took = verifier.thenCancel().verify(limit);
            run.checkComplete();
            run.awaitCalls(limit.minus(took));
            return took;
        } catch (AssertionError e) {
            throw run.explained(e, limit);
        } finally {
            run.end();
        }
    }
}
