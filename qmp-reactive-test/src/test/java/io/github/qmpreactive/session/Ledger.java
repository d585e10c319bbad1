package io.github.qmpreactive.session;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.QmpError;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Keeps account of commands: each has exactly one outcome, a reply or an error of the library. */
final class Ledger {

    private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder begun = new LongAdder();

    /** Runs a command of a session; completes with its outcome, whatever that is. */
    Mono<Void> run(QmpSession session, String command) {
        return Mono.create(done -> {
            begun.increment();
            open.incrementAndGet();
            session.execute(command)
                    .subscribe((CoreSubscriber<Object>) new Entry(command + " of " + session, done::success));
        });
    }

    /** How many commands have had no outcome yet. */
    int open() {
        return open.get();
    }

    long begun() {
        return begun.sum();
    }

    /** What must not have happened. */
    Queue<String> faults() {
        return faults;
    }

    /** How often there was which outcome. */
    Map<String, Long> outcomes() {
        Map<String, Long> sums = new TreeMap<>();
        outcomes.forEach((outcome, count) -> sums.put(outcome, count.sum()));
        return sums;
    }

    /** One command. */
    private final class Entry extends BaseSubscriber<Object> {

        private final String command;
        private final Runnable done;
        private final AtomicInteger values = new AtomicInteger();
        private final AtomicInteger ends = new AtomicInteger();

        Entry(String command, Runnable done) {
            this.command = command;
            this.done = done;
        }

        @Override
        protected void hookOnNext(Object value) {
            if (values.incrementAndGet() > 1 || ends.get() > 0) {
                faults.add(command + ": a second value, or one behind the end");
            }
        }

        @Override
        protected void hookOnError(Throwable error) {
            end(error.getClass().getSimpleName());
            if (!(error instanceof QmpError) || values.get() > 0) {
                faults.add(command + ": " + error + " after " + values + " values");
            }
        }

        @Override
        protected void hookOnComplete() {
            end("reply");
            if (values.get() != 1) {
                faults.add(command + ": completed with " + values + " values");
            }
        }

        @Override
        protected void hookFinally(SignalType type) {
            open.decrementAndGet();
            done.run();
        }

        private void end(String outcome) {
            outcomes.computeIfAbsent(outcome, key -> new LongAdder()).increment();
            if (ends.incrementAndGet() > 1) {
                faults.add(command + ": a second end, " + outcome);
            }
        }
    }
}
