package io.github.qmpreactive.session;

import io.github.qmpreactive.fleet.FleetEvent;
import io.github.qmpreactive.supervise.Link;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import io.github.qmpreactive.supervise.SupervisedEvent.Received;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Keeps account of the events of a fleet: those of one connection are numbered from 0 on, without a gap between them, and there is
 * a gap between two connections, exactly one for each session behind the first.
 */
final class EventLedger {

    private final Map<String, Machine> machines = new ConcurrentHashMap<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final LongAdder received = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder runs = new LongAdder();

    private static final class Machine {
        private @Nullable String connection;
        private long number;
        private boolean gap = true;
        private int gaps;
        private int sessions;
        private int attempts;

        synchronized boolean lacksGap() {
            return attempts > 0 && (gaps < sessions - 1 || gaps > attempts - 1);
        }

        @Override
        public String toString() {
            return gaps + " gaps, " + sessions + " sessions, " + attempts + " attempts";
        }
    }

    void event(FleetEvent event) {
        Machine machine = machine(event.machine());
        synchronized (machine) {
            if (event.event() instanceof Gap) {
                gaps.increment();
                machine.gaps++;
                machine.gap = true;
            } else if (event.event() instanceof Received of && of.event().name().equals("NUMBER")) {
                received.increment();
                number(event.machine(), machine, of.event().data());
            }
        }
    }

    private void number(String name, Machine machine, JsonNode data) {
        String connection = data.path("connection").asString();
        long number = data.path("number").asLong();
        boolean same = connection.equals(machine.connection);
        long expected = same ? machine.number + 1 : 0;
        if (same == machine.gap || number != expected) {
            faults.add(name + ": " + data + " after " + machine.connection + " " + machine.number
                    + (machine.gap ? " and a gap" : ""));
        }
        machine.connection = connection;
        machine.number = number;
        machine.gap = false;
    }

    /**
     * Each session that is up has a gap before it, but the first; one that ends before it is up has one, too. The gaps come in another
     * stream: that of this session may be on its way.
     */
    void link(String name, Link link) {
        Machine machine = machine(name);
        synchronized (machine) {
            switch (link.state()) {
                case UP -> {
                    machine.sessions++;
                    if (machine.gaps < machine.sessions - 2 || machine.gaps > machine.attempts) {
                        faults.add(name + ": " + machine);
                    }
                }
                case CONNECTING -> machine.attempts++;
                default -> {
                    // Nothing that counts.
                }
            }
        }
    }

    /** One run of work at each machine. */
    void each(List<String> names) {
        runs.increment();
        if (new HashSet<>(names).size() != names.size()) {
            faults.add("A machine has two outcomes: " + names);
        }
    }

    private Machine machine(String name) {
        return machines.computeIfAbsent(name, key -> new Machine());
    }

    /** The machines that have not had a gap for each session behind the first. */
    List<String> withoutGap() {
        return machines.entrySet().stream()
                .filter(entry -> entry.getValue().lacksGap())
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList();
    }

    Queue<String> faults() {
        return faults;
    }

    long received() {
        return received.sum();
    }

    long gaps() {
        return gaps.sum();
    }

    @Override
    public String toString() {
        return received + " events, " + gaps + " gaps, " + runs + " runs of work at each";
    }
}
