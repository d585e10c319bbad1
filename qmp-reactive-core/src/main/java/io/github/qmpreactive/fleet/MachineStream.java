package io.github.qmpreactive.fleet;

import io.github.qmpreactive.internal.operation.Missed;
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

    /** Whether the end of a machine comes behind what waits of it, or in place of that. */
    boolean endsBehindWhatWaits();

    /** Whether the end of a machine is emitted, behind what was emitted of it last, if anything was. */
    boolean needsLast(Machine machine, @Nullable R latest);

    /**
     * What is emitted when a machine was removed.
     *
     * @param missed what was missed of it by then, if anything was
     */
    R last(Machine machine, Optional<Missed> missed);

    /** Whether it may be one with what comes behind it. */
    boolean mayGrow(R element);

    /** Both as one, if they are. */
    @Nullable
    R merged(R element, R behind);

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
        public boolean endsBehindWhatWaits() {
            return false;
        }

        @Override
        public boolean needsLast(Machine machine, @Nullable FleetLink latest) {
            return latest != null;
        }

        @Override
        public FleetLink last(Machine machine, Optional<Missed> missed) {
            return new FleetLink(machine.name(), Optional.empty());
        }

        @Override
        public boolean mayGrow(FleetLink link) {
            return false;
        }

        @Override
        public @Nullable FleetLink merged(FleetLink link, FleetLink behind) {
            return null;
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
            public boolean endsBehindWhatWaits() {
                return true;
            }

            /** A gap, unless one since the removal is there: what comes of the next machine of that name is behind it. */
            @Override
            public boolean needsLast(Machine machine, @Nullable FleetEvent latest) {
                Instant removedAt = machine.removedAt();
                return removedAt == null
                        || latest == null
                        || !(latest.event() instanceof Gap gap)
                        || gap.until().isBefore(removedAt);
            }

            @Override
            public FleetEvent last(Machine machine, Optional<Missed> missed) {
                Instant now = Operations.now();
                Instant removedAt = machine.removedAt();
                Instant from = missed.map(Missed::since).orElse(removedAt == null ? now : removedAt);
                return new FleetEvent(machine.name(), new Gap(from, now, missed.flatMap(Missed::cause)));
            }

            @Override
            public boolean mayGrow(FleetEvent event) {
                return event.event() instanceof Gap;
            }

            @Override
            public @Nullable FleetEvent merged(FleetEvent event, FleetEvent behind) {
                return event.event() instanceof Gap gap && behind.event() instanceof Gap next
                        ? new FleetEvent(event.machine(), new Gap(gap.from(), next.until(), next.cause()))
                        : null;
            }

            @Override
            public String toString() {
                return "events";
            }
        };
    }
}
