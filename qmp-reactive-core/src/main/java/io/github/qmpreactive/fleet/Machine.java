package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.supervise.QmpSupervisor;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One machine of a fleet; another one under the same name is not the same. */
final class Machine {

    private final String name;
    private final QmpSupervisor supervisor;
    private final AtomicInteger following = new AtomicInteger();
    private volatile @Nullable Instant removedAt;

    Machine(String name, QmpSupervisor supervisor) {
        this.name = name;
        this.supervisor = supervisor;
    }

    String name() {
        return name;
    }

    QmpSupervisor supervisor() {
        return supervisor;
    }

    /** Starts or stops it, as is wanted: a thread that comes while another one is at it has that look again. */
    void follow(BooleanSupplier runs) {
        if (following.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            try {
                if (runs.getAsBoolean() && !isRemoved()) {
                    supervisor.start();
                } else {
                    supervisor.stop();
                }
            } catch (Throwable thrown) {
                Lifecycle.threw(thrown);
            }
            seen = following.addAndGet(-seen);
        } while (seen > 0);
    }

    void remove() {
        removedAt = Operations.now();
    }

    boolean isRemoved() {
        return removedAt != null;
    }

    /** When it was removed, if it was. */
    @Nullable
    Instant removedAt() {
        return removedAt;
    }
}
