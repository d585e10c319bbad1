package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.verify.Expectation;
import io.github.qmpreactive.test.internal.verify.Steps;
import io.github.qmpreactive.test.internal.verify.Verification;
import java.util.List;

/** How events are expected to end. */
public sealed class EventEnd permits EventSteps {

    private final Verification<QmpEvent> verification;

    EventEnd(Verification<QmpEvent> verification) {
        this.verification = verification;
    }

    /**
     * Expects the events to complete, as they do after {@code disconnect()}, {@code quit}, or the shutdown of the
     * machine.
     *
     * @return the verifier
     */
    public final QmpVerifier expectComplete() {
        return end(Steps.completion());
    }

    /**
     * Expects a {@link ConnectionLostError}: the session ended without a request.
     *
     * @return the verifier
     */
    public final QmpVerifier expectLost() {
        return expectError(ConnectionLostError.class);
    }

    /**
     * Expects a {@link ConnectionLostError} of a certain kind.
     *
     * @param how how the end was detected
     * @return the verifier
     */
    public final QmpVerifier expectLost(ConnectionLostError.How how) {
        return end(Steps.error(
                "the error ConnectionLostError, " + how,
                ConnectionLostError.class,
                error -> error.how() == how ? List.of() : List.of("expected " + how + ", but was " + error.how())));
    }

    /**
     * Expects an error.
     *
     * @param type its class or a superclass, for example {@code EventOverflowError.class}
     * @return the verifier
     */
    public final QmpVerifier expectError(Class<? extends Throwable> type) {
        return end(Steps.error("the error " + type.getSimpleName(), type, error -> List.of()));
    }

    final Verification<QmpEvent> verification() {
        return verification;
    }

    private QmpVerifier end(Expectation<QmpEvent> expected) {
        return new QmpVerifier(verification.then(Steps.next(expected)));
    }
}
