package io.github.qmpreactive.test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The stubs of a running server, how often each was called, and how far its script is; safe for several threads. */
final class Script {

    /** What is to answer a command; null if nothing is, and why. */
    record Choice(@Nullable Stub stub, List<String> misses) {}

    /** What {@link FakeQmpServer#guestAgent()} stubs. */
    private static final Set<String> AGENT = Set.of("guest-sync-delimited", "guest-sync", "guest-ping");

    private final List<Stub> initial;
    private final Map<Stub, Integer> calls = Collections.synchronizedMap(new IdentityHashMap<>());
    private volatile List<Stub> stubs;
    private final @Nullable ScriptRun run;

    Script(ServerOptions options) {
        this.initial = options.stubs;
        this.stubs = initial;
        this.run = options.script == null ? null : new ScriptRun(options.script, options::timer);
    }

    /** Goes before the others from the next command on; called on the fakes' event loop. */
    void add(Stub stub) {
        List<Stub> longer = new ArrayList<>(stubs);
        longer.add(0, stub);
        stubs = List.copyOf(longer);
    }

    /** Only those that the server was started with are left, as if none had answered yet; called on the fakes' event loop. */
    void reset() {
        stubs = initial;
        calls.clear();
    }

    /** The stub that answers a command; without one, why those do not that are for it by name. */
    Choice choose(ReceivedCommand command, boolean orAny) {
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
    List<Stub> uncalled() {
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

    Answer next(Stub stub, ReceivedCommand command) {
        int earlier = calls(stub);
        calls.put(stub, earlier == Integer.MAX_VALUE ? earlier : earlier + 1);
        if (stub.computed() != null) {
            return Objects.requireNonNull(stub.computed().apply(command), "it gave no answer");
        }
        return stub.answers().get(Math.min(earlier, stub.answers().size() - 1));
    }

    /** How many commands it has answered; only the fakes' event loop changes that. */
    private int calls(Stub stub) {
        return calls.getOrDefault(stub, 0);
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
