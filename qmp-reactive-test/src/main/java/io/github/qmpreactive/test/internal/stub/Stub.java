package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.test.internal.protocol.Command;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which commands are answered how; {@code name} is null for all of them. The responses are given one after the other, or
 * each is computed; after so many times it answers no more.
 */
public record Stub(
        @Nullable String name,
        List<Condition> conditions,
        boolean allowsOob,
        int times,
        List<Response> responses,
        @Nullable Function<Command, Response> computed) {

    public Stub(@Nullable String name, boolean allowsOob) {
        this(name, List.of(), allowsOob, Integer.MAX_VALUE, List.of(), null);
    }

    public Stub with(Condition condition) {
        List<Condition> longer =
                Stream.concat(conditions.stream(), Stream.of(condition)).toList();
        return new Stub(name, longer, allowsOob, times, responses, computed);
    }

    public Stub withOob() {
        return new Stub(name, conditions, true, times, responses, computed);
    }

    public Stub withTimes(int count) {
        return new Stub(name, conditions, allowsOob, count, responses, computed);
    }

    /** Returns a stub that answers; the last response goes on for ever. */
    public Stub answering(List<Response> given) {
        return new Stub(name, conditions, allowsOob, times, given, null);
    }

    public Stub computing(Function<Command, Response> response) {
        return new Stub(name, conditions, allowsOob, times, List.of(), response);
    }

    boolean isFor(String command) {
        return name == null || name.equals(command);
    }

    /** Why it does not answer a command of its name: the first condition that is not met; null if all are. */
    @Nullable
    String missedBy(Command command) {
        for (Condition condition : conditions) {
            List<String> misses = condition.misses().apply(command);
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
        return begin + conditions.stream().map(Condition::text).collect(Collectors.joining()) + end;
    }
}
