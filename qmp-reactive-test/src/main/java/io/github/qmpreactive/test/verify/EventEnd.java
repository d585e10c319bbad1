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
     * {@return what verifies that they end in order: after {@code disconnect()}, {@code quit}, or the shutdown of the
     * machine}
     */
    public final QmpVerifier expectComplete() {
        return end(Steps.completion());
    }

    /** {@return what verifies that they end with a {@link ConnectionLostError}: the end of the session was not requested} */
    public final QmpVerifier expectLost() {
        return expectError(ConnectionLostError.class);
    }

    /**
     * They end with a {@link ConnectionLostError} of a certain kind.
     *
     * @param how how the end showed itself
     * @return what to verify with
     */
    public final QmpVerifier expectLost(ConnectionLostError.How how) {
        return end(Steps.error(
                "the error ConnectionLostError, " + how,
                ConnectionLostError.class,
                error -> error.how() == how ? List.of() : List.of("expected " + how + ", but was " + error.how())));
    }

    /**
     * They end with an error.
     *
     * @param type its class or one above, for example {@code EventOverflowError.class}
     * @return what to verify with
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
