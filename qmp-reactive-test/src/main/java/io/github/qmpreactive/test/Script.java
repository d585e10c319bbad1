package io.github.qmpreactive.test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The stubs of a running server, how often each was called, and how far its script is; safe for several threads. */
final class Script {

    /** What is to answer a command; null if nothing is, and why. */
    record Choice(@Nullable Stub stub, List<String> misses) {}

    /** What {@link FakeQmpServer#guestAgent()} stubs. */
    private static final Set<String> AGENT = Set.of("guest-sync-delimited", "guest-sync", "guest-ping");

    private final List<Stub> stubs;
    private final IdentityHashMap<Stub, AtomicInteger> calls = new IdentityHashMap<>();

    private final Set<Stub> called = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private final @Nullable ScriptRun run;

    Script(ServerOptions options) {
        this.stubs = options.stubs;
        this.run = options.script == null ? null : new ScriptRun(options.script, options::timer);
        stubs.forEach(stub -> calls.put(stub, new AtomicInteger()));
    }

    /** The stub that answers a command; without one, why those do not that are for it by name. */
    Choice choose(ReceivedCommand command, boolean orAny) {
        List<String> misses = new ArrayList<>();
        for (Stub stub : stubs) {
            if ((orAny || stub.name() != null) && stub.isFor(command.name())) {
                String miss = stub.missedBy(command);
                if (miss == null) {
                    return new Choice(stub, List.of());
                }
                misses.add(miss);
            }
        }
        return new Choice(null, misses);
    }

    /** The stubs of one command that have answered nothing, in the order in which the test has said them. */
    List<Stub> uncalled() {
        List<Stub> uncalled = new ArrayList<>();
        Set<String> replaced = new HashSet<>(AGENT);
        for (Stub stub : stubs) {
            String name = stub.name();
            if (name != null && !called.contains(stub) && !replaced.contains(name)) {
                uncalled.add(0, stub);
            }
            if (name != null && stub.conditions().isEmpty()) {
                replaced.add(name);
            }
        }
        return uncalled;
    }

    Answer next(Stub stub, ReceivedCommand command) {
        called.add(stub);
        if (stub.computed() != null) {
            return Objects.requireNonNull(stub.computed().apply(command), "it gave no answer");
        }
        AtomicInteger counter = calls.get(stub);
        int last = stub.answers().size() - 1;
        int call = counter == null ? 0 : counter.getAndUpdate(n -> Math.min(n + 1, last));
        return stub.answers().get(call);
    }

    /** The script that is played; null if there is none. */
    @Nullable
    ScriptRun run() {
        return run;
    }

    /** A client is ready for commands. */
    void begin(ScriptRun.Peer peer) {
        if (run != null) {
            run.begin(peer);
        }
    }

    /** Whether there is a script that sees to a command that is not stubbed. */
    boolean play(ReceivedCommand command, ScriptRun.Peer peer) {
        if (run == null) {
            return false;
        }
        run.receive(command, peer);
        return true;
    }
}
