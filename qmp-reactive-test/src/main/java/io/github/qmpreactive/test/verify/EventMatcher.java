package io.github.qmpreactive.test.verify;

import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.test.internal.verify.Expectation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Signal;

/** An event that is expected: its name, and what its data is to hold. */
public final class EventMatcher {

    private final String name;
    private final List<DataMatcher> data;

    private EventMatcher(String name, List<DataMatcher> data) {
        this.name = name;
        this.data = data;
    }

    /**
     * An event of a certain name.
     *
     * @param name the name, for example {@code "DEVICE_DELETED"}
     * @param data what its data has to fulfil, all of it; nothing if there is none
     * @return the matcher
     * @throws IllegalArgumentException if the name is blank
     */
    public static EventMatcher event(String name, DataMatcher... data) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The name of an event must not be blank");
        }
        return new EventMatcher(name, List.of(data));
    }

    Expectation<QmpEvent> expectation() {
        return new Expectation<>(toString(), this::problems);
    }

    private List<String> problems(Signal<QmpEvent> signal) {
        if (!signal.isOnNext()) {
            return Expectation.NOT_AT_ALL;
        }
        QmpEvent event = Objects.requireNonNull(signal.get());
        if (!event.name().equals(name)) {
            return Expectation.NOT_AT_ALL;
        }
        List<String> problems = new ArrayList<>();
        data.forEach(
                matcher -> matcher.differences(event.data()).forEach(difference -> problems.add("data " + difference)));
        return problems;
    }

    /** For people: what is expected. */
    @Override
    public String toString() {
        String with = data.isEmpty()
                ? ""
                : " with "
                        + String.join(", ", data.stream().map(DataMatcher::name).toList());
        return "event " + name + with;
    }
}
