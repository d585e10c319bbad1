package io.github.qmpreactive.fleet;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.LogShare;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.QmpSupervisor;
import io.github.qmpreactive.supervise.SupervisorOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Many machines, each with a supervised session.
 *
 * <pre>{@code
 * QmpFleet fleet = QmpFleet.create();
 * fleet.start();
 * fleet.add("vm1", QmpClient.create().unixSocket(Path.of("/run/vm1.sock")));
 * fleet.each(session -> session.execute("query-status"), Duration.ofSeconds(5))
 * }</pre>
 *
 * <p>The log has lines of 20 machines in 10 s; those of the others are at DEBUG, but a failure is logged at a later attempt. That
 * a machine gave up is always logged, at WARN. A fleet has no thread, and no timer while its machines are connected. All methods may be called from any thread and by
 * callbacks, and none blocks. Signals come on the event loop of a session, on Reactor's parallel scheduler, or on the thread of
 * the caller.
 */
public final class QmpFleet {

    private static final int AT_ONCE = 64;

    private final Roster roster = new Roster();
    private final Lifecycle lifecycle = new Lifecycle(roster);
    private final Guards guards = new Guards("fleet");
    private final LogShare log = new LogShare();
    private final ConnectGate gate;

    private QmpFleet(FleetOptions options) {
        this.gate = new ConnectGate(options.maxConnecting(), Places.PACE);
    }

    /**
     * A fleet without machines, with the defaults.
     *
     * @return the fleet, not started
     */
    public static QmpFleet create() {
        return create(FleetOptions.defaults());
    }

    /**
     * A fleet without machines.
     *
     * @param options how its machines are connected
     * @return the fleet, not started
     */
    public static QmpFleet create(FleetOptions options) {
        return new QmpFleet(options);
    }

    /**
     * Adds a machine, with the default options of a supervisor.
     *
     * @param name the name of the machine; its sessions have it, too
     * @param client how to connect
     * @return its supervisor, as {@link #add(String, Mono, SupervisorOptions)}
     * @throws IllegalArgumentException if a machine of that name is in the fleet
     * @throws IllegalStateException if the client has no address
     */
    public QmpSupervisor add(String name, QmpClient client) {
        return add(name, client, SupervisorOptions.forMonitor());
    }

    /**
     * Adds a machine.
     *
     * @param name the name of the machine; its sessions have it, too
     * @param client how to connect
     * @param options how its session is supervised
     * @return its supervisor, as {@link #add(String, Mono, SupervisorOptions)}
     * @throws IllegalArgumentException if a machine of that name is in the fleet
     * @throws IllegalStateException if the client has no address
     */
    public QmpSupervisor add(String name, QmpClient client, SupervisorOptions<QmpSession> options) {
        String unused = client.address();
        return add(name, client.name(name).connect(), options);
    }

    /**
     * Adds a machine of which the sessions are opened in another way. It connects if the fleet runs, and else when that is
     * started.
     *
     * @param name the name of the machine
     * @param connect subscribed to for each attempt, within {@link FleetOptions#maxConnecting}, as {@link
     *     QmpSupervisor#of(String, Mono, SupervisorOptions)} does
     * @param options how its session is supervised
     * @return its supervisor. It may be stopped and started by itself
     * @throws IllegalArgumentException if a machine of that name is in the fleet
     */
    public QmpSupervisor add(String name, Mono<QmpSession> connect, SupervisorOptions<QmpSession> options) {
        Objects.requireNonNull(connect, "connect");
        Machine machine = new Machine(name, QmpSupervisor.of(name, log.mark(gate.limit(connect)), options));
        if (!roster.add(machine)) {
            throw new IllegalArgumentException(
                    "A machine named " + name + " is in the fleet already; remove it first, or use another name");
        }
        lifecycle.follow(machine);
        return machine.supervisor();
    }

    /**
     * Removes a machine and stops its supervisor. Subscribers to events get those from before, and a gap; subscribers to links get
     * an empty link.
     *
     * @param name the name of the machine
     * @return its supervisor, of which {@code stopped()} tells when the session is disconnected; empty if no machine of that
     *     name was in the fleet
     */
    public Optional<QmpSupervisor> remove(String name) {
        Machine machine = roster.remove(name);
        if (machine == null) {
            return Optional.empty();
        }
        lifecycle.follow(machine);
        return Optional.of(machine.supervisor());
    }

    /**
     * A machine's supervisor.
     *
     * @param name the name of the machine
     * @return the supervisor; empty if no machine of that name is in the fleet
     */
    public Optional<QmpSupervisor> machine(String name) {
        return Optional.ofNullable(roster.get(name)).map(Machine::supervisor);
    }

    /**
     * The names of the machines.
     *
     * @return those at this moment
     */
    public Set<String> names() {
        return roster.names();
    }

    /**
     * The events of all machines, with the default options.
     *
     * @return as {@link #events(EventOptions)}
     */
    public Flux<FleetEvent> events() {
        return events(EventOptions.all());
    }

    /**
     * The events of all machines, those included that are added later. Hot, as {@link QmpSupervisor#events(EventOptions)}.
     *
     * <ul>
     *   <li>Emits events of machines in turn. Each machine has a buffer of its own, so that one with many events neither delays
     *       nor drops those of another. Those of one machine keep their order.
     *   <li>Emits a {@link io.github.qmpreactive.supervise.SupervisedEvent.Gap} where events of a machine may be missing: as a
     *       supervisor does between two sessions; when the machine is stopped, removed or gives up, with {@link
     *       io.github.qmpreactive.error.SupervisorStoppedError} as cause if it gave up, and once more, until then, before the events
     *       of its next start; and with {@link
     *       io.github.qmpreactive.error.EventOverflowError} where a buffer was full. {@link
     *       io.github.qmpreactive.option.EventOverflow#ERROR} drops the newest events, too, without {@code onLost}.
     *   <li>Of the 100 machines that were removed last, what waits for a subscriber without demand is kept; of those before them
     *       it is dropped, with the gap.
     *   <li>Does not complete, since the fleet may be started again: use {@code takeUntilOther}.
     *   <li>Errors with an exception that the filter or {@code onLost} throws.
     *   <li>On cancel: only unsubscribes.
     * </ul>
     *
     * @param options which events, and how far this subscriber may fall behind with each machine
     * @return the events
     */
    public Flux<FleetEvent> events(EventOptions options) {
        return MachineMerge.of(roster, guards, MachineStream.events(Objects.requireNonNull(options, "options")));
    }

    /**
     * How the machines are connected.
     *
     * <ul>
     *   <li>Emits the link of each machine at this moment, then each change, and an empty link when a machine was removed. A
     *       subscriber without demand gets only the latest link of each machine behind one that waits already.
     *   <li>Does not complete, since the fleet may be started again. Never fails.
     *   <li>On cancel: only unsubscribes.
     * </ul>
     *
     * @return the links
     */
    public Flux<FleetLink> links() {
        return MachineMerge.of(roster, guards, MachineStream.LINKS);
    }

    /**
     * Does work at each machine, at 64 machines at once.
     *
     * @param work what is done with a session
     * @param limit how long all of it may take
     * @param <T> what the work emits
     * @return as {@link #each(Function, Duration, int)}
     */
    public <T> Flux<Outcome<T>> each(Function<? super QmpSession, ? extends Mono<? extends T>> work, Duration limit) {
        return each(work, limit, AT_ONCE);
    }

    /**
     * Does work at each machine that is in the fleet at the time of subscription. Cold: each subscription does all of it.
     *
     * <ul>
     *   <li>Emits exactly one outcome for each machine, as they come; all of them within the limit, if the subscriber has
     *       demand. A machine without a session is {@link Outcome.NotConnected} at once; an error of the work is {@link
     *       Outcome.Failed}.
     *   <li>A work that has not completed at the limit is cancelled, one that was not begun is not begun any more; both are {@link
     *       Outcome.Failed} with {@link java.util.concurrent.TimeoutException}. A command that was sent may still take effect.
     *   <li>{@code atOnce} bounds how many works are begun and not completed, and outcomes that the subscriber has not asked
     *       for. A work that takes longer than a tenth of the limit, or two seconds, is not counted any more: it goes on, and the
     *       next begins. Where that does not suffice, since very many machines are silent, more are begun: each has half of the
     *       limit, if the subscriber has demand. So silent machines do not keep the others waiting.
     *   <li>Completes after the last outcome. Never fails.
     *   <li>On cancel: cancels the works that are under way.
     *   <li>Works are begun on the subscriber's thread, on those of other works' signals, or on Reactor's parallel
     *       scheduler.
     * </ul>
     *
     * @param work what is done with a session; it is not called for machines without one
     * @param limit how long all of it may take, more than zero
     * @param atOnce at how many machines at once, 1 at least
     * @param <T> what the work emits
     * @return the outcomes
     * @throws IllegalArgumentException if the limit is not more than zero, or atOnce is below 1
     */
    public <T> Flux<Outcome<T>> each(
            Function<? super QmpSession, ? extends Mono<? extends T>> work, Duration limit, int atOnce) {
        Objects.requireNonNull(work, "work");
        Operations.positive("limit", limit);
        if (atOnce < 1) {
            throw new IllegalArgumentException("atOnce is " + atOnce + ", but has to be 1 at least");
        }
        return guards.guard("each", new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Outcome<T>> actual) {
                new EachRun<T>(roster.snapshot(), work, limit, atOnce, actual).start();
            }
        });
    }

    /** Starts all machines. Without effect while it runs. May be called again after {@link #stop()}. */
    public void start() {
        lifecycle.start();
    }

    /** Stops all machines, and returns at once: {@link #stopped()} tells the end. Without effect unless it runs. */
    public void stop() {
        lifecycle.stop();
    }

    /**
     * Whether it runs.
     *
     * @return true from {@link #start()} until {@link #stop()}
     */
    public boolean isRunning() {
        return lifecycle.isRunning();
    }

    /**
     * The end. Does not stop it.
     *
     * @return completes when the fleet does not run and the sessions of the machines in it are disconnected, at once if that is
     *     so; never fails. Cancelling only unsubscribes
     */
    public Mono<Void> stopped() {
        return guards.guard("the end of the fleet", lifecycle.stopped());
    }

    /** How many machines it has, and whether it runs. */
    @Override
    public String toString() {
        int machines = roster.machines().size();
        return "QmpFleet[" + machines + " machines, " + (isRunning() ? "running" : "not running") + "]";
    }
}
