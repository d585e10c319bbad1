package io.github.qmpreactive.observe;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import java.util.Locale;

/**
 * Names and tags of the observation of the opening of a session. Each method has a default; an application replaces those
 * that it wants otherwise. Give it to {@link MicrometerObserver}, or to the registry; Spring Boot hands it to the registry if it is a bean.
 */
public interface QmpSessionConvention extends GlobalObservationConvention<QmpSessionContext> {

    /** The name of the timer: {@code qmp.session.open}. */
    @Override
    default String getName() {
        return "qmp.session.open";
    }

    /** The name of the span: {@code qmp connect}. */
    @Override
    default String getContextualName(QmpSessionContext context) {
        return "qmp connect";
    }

    /** The tags of the timer: {@code peer} and {@code outcome}. Both are bounded. */
    @Override
    default KeyValues getLowCardinalityKeyValues(QmpSessionContext context) {
        return KeyValues.of(
                KeyValue.of("peer", context.session().peer().name().toLowerCase(Locale.ROOT)),
                KeyValue.of("outcome", context.outcome()));
    }

    /** For spans alone: {@code session}, the name of the session as it was given: have no secret in it. */
    @Override
    default KeyValues getHighCardinalityKeyValues(QmpSessionContext context) {
        return KeyValues.of(KeyValue.of("session", context.session().name()));
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof QmpSessionContext;
    }
}
