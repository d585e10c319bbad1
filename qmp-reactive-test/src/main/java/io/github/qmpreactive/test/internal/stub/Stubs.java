package io.github.qmpreactive.test.internal.stub;

import io.github.qmpreactive.test.internal.protocol.Command;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The stubs of a running server, and how often each was called. Changed on the fakes' event loop, read from any thread. */
public final class Stubs {

    /** What is to answer a command; null if nothing is, and why. */
    public record Choice(@Nullable Stub stub, List<String> misses) {}

    /** Stubbed by the kit for the guest agent. */
    private static final Set<String> AGENT = Set.of("guest-sync-delimited", "guest-sync", "guest-ping");

    private final List<Stub> initial;
    private final Map<Stub, Integer> calls = Collections.synchronizedMap(new IdentityHashMap<>());
    private volatile List<Stub> stubs;

    public Stubs(List<Stub> initial) {
        this.initial = initial;
        this.stubs = initial;
    }

    public static List<Stub> with(Stub stub, List<Stub> stubs) {
        return Stream.concat(Stream.of(stub), stubs.stream()).toList();
    }

    public void add(Stub stub) {
        stubs = with(stub, stubs);
    }

    /** Only those that the server was started with are left, as if none had answered yet. */
    public void reset() {
        stubs = initial;
        calls.clear();
    }

    /** The stub that answers a command; without one, why those do not that are for it by name. */
    public Choice choose(Command command, boolean orAny) {
        List<String> misses = new ArrayList<>();
        for (Stub stub : stubs) {
            if ((orAny || stub.name() != null) && stub.isFor(command.name())) {
                String miss = calls(stub) < stub.times() ? stub.missedBy(command) : stub + ": has answered as many";
                if (miss == null) {
                    return new Choice(stub, List.of());
                }
                misses.add(miss);
            }
        }
        return new Choice(null, misses);
    }

    /** The stubs of one command that have answered nothing, in the order in which the test has said them. */
    public List<Stub> uncalled() {
        List<Stub> uncalled = new ArrayList<>();
        Set<String> replaced = new HashSet<>(AGENT);
        for (Stub stub : stubs) {
            String name = stub.name();
            if (name != null && calls(stub) == 0 && !replaced.contains(name)) {
                uncalled.add(0, stub);
            }
            if (name != null && stub.conditions().isEmpty() && stub.times() == Integer.MAX_VALUE) {
                replaced.add(name);
            }
        }
        return uncalled;
    }

    /** How a stub answers this time. */
    public Response next(Stub stub, Command command) {
        int earlier = calls(stub);
        calls.put(stub, earlier + 1);
        return stub.computed() == null
                ? stub.responses().get(Math.min(earlier, stub.responses().size() - 1))
                : stub.computed().apply(command);
    }

    private int calls(Stub stub) {
        return calls.getOrDefault(stub, 0);
    }
}
