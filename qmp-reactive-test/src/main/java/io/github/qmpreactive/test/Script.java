package io.github.qmpreactive.test;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** The stubs of a running server, and how often each was called; safe for several threads. */
final class Script {

    private final List<Stub> stubs;
    private final IdentityHashMap<Stub, AtomicInteger> calls = new IdentityHashMap<>();

    Script(List<Stub> stubs) {
        this.stubs = stubs;
        stubs.forEach(stub -> calls.put(stub, new AtomicInteger()));
    }

    Optional<Stub> stubFor(ReceivedCommand command, boolean orAny) {
        for (Stub stub : stubs) {
            if ((orAny || stub.name() != null) && stub.accepts(command)) {
                return Optional.of(stub);
            }
        }
        return Optional.empty();
    }

    Answer next(Stub stub) {
        AtomicInteger counter = calls.get(stub);
        int last = stub.answers().size() - 1;
        int call = counter == null ? 0 : counter.getAndUpdate(n -> Math.min(n + 1, last));
        return stub.answers().get(call);
    }
}
