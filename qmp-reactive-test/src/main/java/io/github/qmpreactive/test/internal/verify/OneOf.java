package io.github.qmpreactive.test.internal.verify;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import reactor.core.publisher.Signal;

/**
 * Whether the values that came can be dealt out to expectations, one to each: a maximum matching, since one value may
 * fulfil several.
 */
final class OneOf<T> {

    private static final int FREE = -1;

    private final List<Expectation<T>> expected;
    private final List<Signal<T>> came;
    private final int[] takenBy;

    OneOf(List<Expectation<T>> expected, List<Signal<T>> came) {
        this.expected = expected;
        this.came = came;
        this.takenBy = new int[expected.size()];
        Arrays.fill(takenBy, FREE);
    }

    /** That the last that came, together with those before it, finds its place. */
    Expectation<T> expectation() {
        int before = came.size() - 1;
        for (int i = 0; i < before; i++) {
            place(i, new boolean[expected.size()]);
        }
        List<Expectation<T>> open = IntStream.range(0, expected.size())
                .filter(i -> takenBy[i] == FREE)
                .mapToObj(expected::get)
                .toList();
        String name = open.stream().map(Expectation::name).collect(Collectors.joining(" or "));
        return new Expectation<>(
                name, last -> place(before, new boolean[expected.size()]) ? List.of() : problems(open));
    }

    /** What is wrong with the last one for the only place that is left. */
    private List<String> problems(List<Expectation<T>> open) {
        return open.size() == 1 ? open.get(0).problems().apply(came.get(came.size() - 1)) : Expectation.NOT_AT_ALL;
    }

    private boolean place(int signal, boolean[] visited) {
        for (int i = 0; i < expected.size(); i++) {
            if (!visited[i] && expected.get(i).isFulfilledBy(came.get(signal))) {
                visited[i] = true;
                if (takenBy[i] == FREE || place(takenBy[i], visited)) {
                    takenBy[i] = signal;
                    return true;
                }
            }
        }
        return false;
    }
}
