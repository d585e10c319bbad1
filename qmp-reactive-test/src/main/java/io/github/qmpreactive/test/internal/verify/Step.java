package io.github.qmpreactive.test.internal.verify;

import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;

/**
 * One step of a verification. It is part of what is set up, so it keeps nothing of a run.
 *
 * @param <T> what is verified
 */
public interface Step<T> {

    /**
     * What it waits for, as a part of a sentence.
     *
     * @return for example {@code event STOP}
     */
    String expectation();

    /** Adds itself to a verifier. */
    StepVerifier.Step<Signal<T>> addTo(StepVerifier.Step<Signal<T>> verifier, Run<T> run, int number);
}
