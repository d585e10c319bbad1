package io.github.qmpreactive.fleet;

import io.github.qmpreactive.error.EventOverflowError;
import io.github.qmpreactive.error.SupervisorStoppedError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.Link;
import io.github.qmpreactive.supervise.SupervisedEvent;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * What is merged of each machine.
 *
 * @param <T> what a machine emits
 * @param <R> what is emitted of it
 */
interface MachineStream<T, R> {

    Flux<T> of(Machine machine);

    R element(Machine machine, T value);

    /** Whether the error is the end of the machine's stream alone. */
    boolean isEndOfMachine(Throwable error);

    /** What is emitted when a stream has ended, with what was to be emitted of an end before, if it has not been yet. */
    R ended(Machine machine, @Nullable R before, @Nullable Throwable error);

    /** What is emitted when a machine was removed, if anything. */
    @Nullable
    R removed(Machine machine);

    /** The links. */
    MachineStream<Link, FleetLink> LINKS = new MachineStream<>() {
        @Override
        public Flux<Link> of(Machine machine) {
            return machine.supervisor().links();
        }

        @Override
        public FleetLink element(Machine machine, Link link) {
            return new FleetLink(machine.name(), Optional.of(link));
        }

        @Override
        public boolean isEndOfMachine(Throwable error) {
            return false;
        }

        @Override
        public FleetLink ended(Machine machine, @Nullable FleetLink before, @Nullable Throwable error) {
            throw new IllegalStateException("The links of " + machine.name() + " have ended");
        }

        @Override
        public FleetLink removed(Machine machine) {
            return new FleetLink(machine.name(), Optional.empty());
        }

        @Override
        public String toString() {
            return "links";
        }
    };

    /** The events. */
    static MachineStream<SupervisedEvent, FleetEvent> events(EventOptions options) {
        return new MachineStream<>() {
            @Override
            public Flux<SupervisedEvent> of(Machine machine) {
                return machine.supervisor().events(options);
            }

            @Override
            public FleetEvent element(Machine machine, SupervisedEvent event) {
                return new FleetEvent(machine.name(), event);
            }

            @Override
            public boolean isEndOfMachine(Throwable error) {
                return error instanceof EventOverflowError || error instanceof SupervisorStoppedError;
            }

            @Override
            public FleetEvent ended(Machine machine, @Nullable FleetEvent before, @Nullable Throwable error) {
                Instant now = Operations.now();
                Instant from = before != null && before.event() instanceof Gap gap ? gap.from() : now;
                return new FleetEvent(machine.name(), new Gap(from, now, Optional.ofNullable(error)));
            }

            @Override
            public @Nullable FleetEvent removed(Machine machine) {
                return null;
            }

            @Override
            public String toString() {
                return "events";
            }
        };
    }
}
