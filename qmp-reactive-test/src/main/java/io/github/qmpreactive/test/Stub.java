package io.github.qmpreactive.test;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which commands are answered how; {@code name} is null for all of them. The answers are given one after the other, or
 * each is computed; after so many times it answers no more.
 */
record Stub(
        @Nullable String name,
        List<Condition> conditions,
        boolean allowsOob,
        int times,
        List<Answer> answers,
        @Nullable Function<ReceivedCommand, Answer> computed) {

    Stub with(List<Answer> given, @Nullable Function<ReceivedCommand, Answer> answer) {
        return new Stub(name, conditions, allowsOob, times, given, answer);
    }

    boolean isFor(String command) {
        return name == null || name.equals(command);
    }

    /**
     * Why it does not answer a command that it is for by name: the first condition that is not met; null if all are.
     */
    @Nullable
    String missedBy(ReceivedCommand command) {
        for (Condition condition : conditions) {
            List<String> misses = condition.misses(command);
            if (!misses.isEmpty()) {
                return this + ": " + String.join("; ", misses);
            }
        }
        return null;
    }

    /** As a test writes it, without the answer. */
    @Override
    public String toString() {
        String begin = name == null ? ".whenAny()" : ".when(\"" + name + "\")";
        String end = times == Integer.MAX_VALUE ? "" : ".times(" + times + ")";
        return begin + conditions.stream().map(String::valueOf).collect(Collectors.joining()) + end;
    }
}
