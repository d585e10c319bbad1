package io.github.qmpreactive.test.internal.verify;

import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;

/**
 * One step of a verification. It is part of what is set up, so it keeps nothing of a run.
 *
 * @param expectation what it waits for, as a part of a sentence: {@code event STOP}
 * @param addition adds it to a verifier
 * @param <T> what is verified
 */
public record Step<T>(String expectation, Addition<T> addition) {

    /** What a step adds to a verifier of the steps before it; the run is told how far it got, by the step's number from 0. */
    @FunctionalInterface
    public interface Addition<T> {
        /** Returns the verifier with this step. */
        StepVerifier.Step<Signal<T>> addTo(StepVerifier.Step<Signal<T>> verifier, Run<T> run, int number);
    }
}
