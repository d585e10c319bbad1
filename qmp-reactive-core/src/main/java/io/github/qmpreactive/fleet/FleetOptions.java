package io.github.qmpreactive.fleet;

/** How the machines of a fleet are connected; immutable, every setter returns a new instance. */
public final class FleetOptions {

    private static final FleetOptions DEFAULTS = new FleetOptions(64);

    private final int maxConnecting;

    private FleetOptions(int maxConnecting) {
        this.maxConnecting = maxConnecting;
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static FleetOptions defaults() {
        return DEFAULTS;
    }

    /**
     * How many attempts of all machines connect or negotiate at a time; {@code onConnect} is not counted. Further ones wait for
     * their turn, in order. A server that accepts and stays silent holds one place for the client's {@code connectTimeout} and
     * {@code handshakeTimeout}. Machines of which the last attempt timed out share a quarter of the places, at least one,
     * so that the others find places free. Default: 64.
     *
     * @param attempts a number of attempts, 1 at least
     * @return new options
     * @throws IllegalArgumentException if it is below 1
     */
    public FleetOptions maxConnecting(int attempts) {
        if (attempts < 1) {
            throw new IllegalArgumentException("maxConnecting is " + attempts + ", but has to be 1 at least");
        }
        return new FleetOptions(attempts);
    }

    /**
     * How many attempts are under way at a time.
     *
     * @return a number of attempts
     */
    public int maxConnecting() {
        return maxConnecting;
    }
}
