package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How file systems of the guest are frozen and thawed; immutable, every setter returns a new instance. */
public final class FreezeOptions {

    private static final FreezeOptions DEFAULTS =
            new FreezeOptions(List.of(), Duration.ofMinutes(1), Duration.ofMinutes(2), Optional.empty());

    private final List<String> mountPoints;
    private final Duration freezeLimit;
    private final Duration thawLimit;
    private final Optional<QgaClient> reconnect;

    private FreezeOptions(
            List<String> mountPoints, Duration freezeLimit, Duration thawLimit, Optional<QgaClient> reconnect) {
        this.mountPoints = mountPoints;
        this.freezeLimit = freezeLimit;
        this.thawLimit = thawLimit;
        this.reconnect = reconnect;
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static FreezeOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets which file systems are frozen. The agent ignores what is no mount point. Default: all.
     *
     * @param paths the mount points in the guest; none for all
     * @return new options
     */
    public FreezeOptions mountPoints(String... paths) {
        return new FreezeOptions(List.of(paths), freezeLimit, thawLimit, reconnect);
    }

    /**
     * Sets how long freezing may take; {@code commandTimeout} does not apply. A guest that writes much needs long. Default: 1
     * minute.
     *
     * @param limit more than zero
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public FreezeOptions freezeLimit(Duration limit) {
        return new FreezeOptions(mountPoints, Operations.positive("freezeLimit", limit), thawLimit, reconnect);
    }

    /**
     * Sets how long thawing is tried; {@code commandTimeout} does not apply. An attempt takes 30 seconds at most; one
     * that has begun before the limit is awaited. Default: 2 minutes.
     *
     * @param limit more than zero
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public FreezeOptions thawLimit(Duration limit) {
        return new FreezeOptions(mountPoints, freezeLimit, Operations.positive("thawLimit", limit), reconnect);
    }

    /**
     * Thaws on a session of this client if the session ends before the file systems are thawed; the new session is
     * disconnected afterwards. Default: no client, so that attempts stop when the session ends.
     *
     * @param client with the address of the same agent
     * @return new options
     */
    public FreezeOptions reconnect(QgaClient client) {
        return new FreezeOptions(
                mountPoints, freezeLimit, thawLimit, Optional.of(Objects.requireNonNull(client, "client")));
    }

    /**
     * Which file systems are frozen.
     *
     * @return the mount points; empty for all
     */
    public List<String> mountPoints() {
        return mountPoints;
    }

    /**
     * How long freezing may take.
     *
     * @return the limit
     */
    public Duration freezeLimit() {
        return freezeLimit;
    }

    /**
     * How long thawing is tried.
     *
     * @return the limit
     */
    public Duration thawLimit() {
        return thawLimit;
    }

    /**
     * What thaws if the session ends.
     *
     * @return the client; empty if nothing does
     */
    public Optional<QgaClient> reconnect() {
        return reconnect;
    }
}
