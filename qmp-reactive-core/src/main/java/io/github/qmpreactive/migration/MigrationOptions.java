package io.github.qmpreactive.migration;

import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.reactivestreams.Publisher;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** How a guest is migrated, and how that is followed; immutable, every setter returns a new instance. */
public final class MigrationOptions {

    private static final MigrationOptions DEFAULTS = new MigrationOptions(
            Map.of(), JsonNodeFactory.instance.objectNode(), Optional.empty(), true, Duration.ofSeconds(1));

    private final Map<String, Boolean> capabilities;
    private final ObjectNode parameters;
    private final Optional<Publisher<?>> preSwitchover;
    private final boolean cancelsMigration;
    private final Duration interval;

    private MigrationOptions(
            Map<String, Boolean> capabilities,
            ObjectNode parameters,
            Optional<Publisher<?>> preSwitchover,
            boolean cancelsMigration,
            Duration interval) {
        this.capabilities = capabilities;
        this.parameters = parameters;
        this.preSwitchover = preSwitchover;
        this.cancelsMigration = cancelsMigration;
        this.interval = interval;
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static MigrationOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets a capability of migration. QEMU keeps what is set until it ends. Most have to be set alike at both ends, so give the
     * same options to {@code incoming}. Default: {@code events} is set at both ends; at the source {@code return-path} is
     * set for sockets and unset for {@code exec:} and {@code file:}. Another client may set them otherwise before {@code
     * migrate}.
     *
     * <p>{@code pause-before-switchover} is set at the source with {@link #preSwitchover}, whatever is given here; unset for
     * {@code file:} without a session of the destination, and with {@link #keepOnCancel}; and set else. The source stops before
     * the switch then, until {@code to} or {@code follow} sends {@code migrate-continue}, so a cancel cannot cross with the
     * switch. Without that stop, a cancel may do so, and QEMU 7.2 to 11.1 may let the guest run at both ends.
     *
     * <p>{@code background-snapshot} (QEMU 6.0 and later) writes the guest to a file or a command while it runs on: it completes,
     * and the guest runs at the source. {@code return-path} and {@code pause-before-switchover}, which QEMU refuses beside
     * it, are unset then. {@code to} unsets it if one before, of the same session, has set it. Do not let a QEMU load it at
     * once: its guest would run at both ends.
     *
     * @param name for example {@code "multifd"} or {@code "postcopy-ram"}; not checked here
     * @param on whether it is set or unset
     * @return new options
     */
    public MigrationOptions capability(String name, boolean on) {
        Map<String, Boolean> more = new LinkedHashMap<>(capabilities);
        more.put(Objects.requireNonNull(name, "name"), on);
        return new MigrationOptions(
                Collections.unmodifiableMap(more), parameters, preSwitchover, cancelsMigration, interval);
    }

    /**
     * Sets parameters of migration, with {@code migrate-set-parameters}, in place of those given before. QEMU keeps them
     * until it ends. Default: none is sent.
     *
     * @param parameters a {@code Map}, an {@code ObjectNode}, a record or a bean, for example {@code Map.of("max-bandwidth",
     *     1 << 20)} in bytes per second
     * @return new options
     * @throws IllegalArgumentException if it makes no JSON object
     */
    public MigrationOptions parameters(Object parameters) {
        ObjectNode json =
                QmpCommand.of("migrate-set-parameters").arguments(parameters).arguments();
        return new MigrationOptions(capabilities, json, preSwitchover, cancelsMigration, interval);
    }

    /**
     * Sets what is to be done while the guest is stopped, before the destination may take it: for example to release its
     * disks. When it completes, the switch goes on; what it emits is ignored. If it errors, the migration is cancelled, the
     * guest runs on at the source, and the error is that of the progress. It has no time limit: give it one. Default:
     * nothing, and the switch goes on at once. Not with the capability {@code background-snapshot}, which has no switch.
     *
     * @param work subscribed to once for each subscription to the progress, and cancelled if the migration ends before it
     * @return new options
     */
    public MigrationOptions preSwitchover(Publisher<?> work) {
        Objects.requireNonNull(work, "work");
        return new MigrationOptions(capabilities, parameters, Optional.of(work), cancelsMigration, interval);
    }

    /**
     * Leaves the migration alone when the subscription to its progress is cancelled, or when the session is lost: it needs this
     * client no more, since it does not stop before the switch. With {@link #preSwitchover} it does: the guest stays stopped in
     * {@code pre-switchover} if the subscription or the session ends before that work is over. {@code follow} with this, and
     * without such work, sends nothing but queries. Default: the migration is cancelled, unless it is in post-copy or in the
     * switch.
     *
     * @return new options
     */
    public MigrationOptions keepOnCancel() {
        return new MigrationOptions(capabilities, parameters, preSwitchover, false, interval);
    }

    /**
     * Sets how often QEMU is asked for the figures and the status of the migration. QEMU is never asked while an earlier
     * reply is awaited. Changes of the status are emitted at once, whatever the interval, unless another client has started
     * the migration without the capability {@code events}. Default: 1 second.
     *
     * @param interval more than zero; {@code ChronoUnit.FOREVER.getDuration()} is never, in effect
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public MigrationOptions interval(Duration interval) {
        return new MigrationOptions(
                capabilities, parameters, preSwitchover, cancelsMigration, Operations.positive("interval", interval));
    }

    /**
     * The capabilities that are set or unset beside the defaults.
     *
     * @return whether each is set, by its name
     */
    public Map<String, Boolean> capabilities() {
        return capabilities;
    }

    /**
     * The parameters.
     *
     * @return a copy of them
     */
    public ObjectNode parameters() {
        return parameters.deepCopy();
    }

    /**
     * What is to be done while the guest is stopped.
     *
     * @return what was given
     */
    public Optional<Publisher<?>> preSwitchover() {
        return preSwitchover;
    }

    /**
     * Whether cancelling the subscription cancels the migration.
     *
     * @return false with {@link #keepOnCancel()}
     */
    public boolean cancelsMigrationOnCancel() {
        return cancelsMigration;
    }

    /**
     * How often QEMU is asked.
     *
     * @return the interval
     */
    public Duration interval() {
        return interval;
    }
}
