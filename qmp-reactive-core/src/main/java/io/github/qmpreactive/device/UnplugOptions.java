package io.github.qmpreactive.device;

import io.github.qmpreactive.internal.operation.Operations;
import java.time.Duration;

/** How a device is unplugged; immutable, every setter returns a new instance. */
public final class UnplugOptions {

    private static final UnplugOptions DEFAULTS = new UnplugOptions(Duration.ofSeconds(5), Duration.ofMinutes(1));

    private final Duration interval;
    private final Duration limit;

    private UnplugOptions(Duration interval, Duration limit) {
        this.interval = interval;
        this.limit = limit;
    }

    /**
     * The defaults.
     *
     * @return the options
     */
    public static UnplugOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets how often the guest is asked again. A guest that is booting misses the first request, or QEMU refuses a CPU until
     * it has booted. QEMU refuses a request that comes too early, so that it does no harm. The end of a device of which QEMU
     * before 11 sends no event, such as some displays and controllers, is noticed by the next request. Default: 5 seconds.
     *
     * @param interval more than zero; {@code ChronoUnit.FOREVER.getDuration()} is never, in effect
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public UnplugOptions interval(Duration interval) {
        return new UnplugOptions(Operations.positive("interval", interval), limit);
    }

    /**
     * Sets how long the guest may take to release the device, from subscribing on. Default: 1 minute: a guest boots meanwhile.
     *
     * @param limit more than zero; over 100 years, such as {@code ChronoUnit.FOREVER.getDuration()}, is no limit
     * @return new options
     * @throws IllegalArgumentException if it is not more than zero
     */
    public UnplugOptions limit(Duration limit) {
        return new UnplugOptions(interval, Operations.positive("limit", limit));
    }

    /**
     * How often the guest is asked again.
     *
     * @return the interval
     */
    public Duration interval() {
        return interval;
    }

    /**
     * How long the guest may take.
     *
     * @return the limit
     */
    public Duration limit() {
        return limit;
    }
}
