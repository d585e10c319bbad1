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
     * Sets how many attempts of all machines connect or negotiate at a time; {@code onConnect} is not counted. Default: 64.
     *
     * <ul>
     *   <li>Further attempts wait for their turn, in order. While attempts wait, a fourth of this number begins in each 10 ms, at
     *       least one: 1,600 a second by default, so that many machines that connect again leave time for the commands of
     *       others. Attempts that find a place free while none waits begin at once, or within 10 ms of such a portion.
     *   <li>An attempt that takes longer than half a second to a second while others wait is not counted any more, and goes on.
     *       So this many servers that accept and stay silent, or machines that wait to be connected to, delay the others for that
     *       long, the first time.
     *   <li>Machines of which the last attempt took that long, or timed out, have at most half of the places, at least one. They
     *       and the others are served in turn, so neither keeps the other waiting.
     * </ul>
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
