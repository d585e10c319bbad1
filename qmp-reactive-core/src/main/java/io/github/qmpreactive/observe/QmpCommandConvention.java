package io.github.qmpreactive.observe;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import java.util.Locale;

/**
 * Names and tags of the observation of a command. Each method has a default; an application replaces those that it wants
 * otherwise. Give it to {@link MicrometerObserver}, or to the registry; Spring Boot hands it to the registry if it is a bean.
 */
public interface QmpCommandConvention extends GlobalObservationConvention<QmpCommandContext> {

    /** The name of the timer: {@code qmp.command}. */
    @Override
    default String getName() {
        return "qmp.command";
    }

    /** The name of the span: {@code qmp} and the name of the command, or {@code unknown}. */
    @Override
    default String getContextualName(QmpCommandContext context) {
        return "qmp " + context.tag();
    }

    /**
     * The tags of the timer: {@code command}, {@code peer}, {@code outcome}, {@code error.class}, {@code written}. All
     * are bounded.
     */
    @Override
    default KeyValues getLowCardinalityKeyValues(QmpCommandContext context) {
        CommandEnd end = context.end();
        return KeyValues.of(
                KeyValue.of("command", context.tag()),
                KeyValue.of("peer", lower(context.command().peer())),
                KeyValue.of("outcome", end == null ? KeyValue.NONE_VALUE : lower(end.outcome())),
                KeyValue.of("error.class", ErrorClasses.of(end == null ? null : end.errorClass())),
                KeyValue.of("written", end == null ? KeyValue.NONE_VALUE : String.valueOf(end.written())));
    }

    /**
     * For spans alone: {@code session}, the name of the session, and {@code command.name}, as the caller gave it,
     * up to 100 characters. Neither is looked through for secrets: have none in names.
     */
    @Override
    default KeyValues getHighCardinalityKeyValues(QmpCommandContext context) {
        return KeyValues.of(
                KeyValue.of("session", context.command().session()),
                KeyValue.of("command.name", cut(context.command().name())));
    }

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof QmpCommandContext;
    }

    private static String cut(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
