package io.github.qmpreactive.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The guest has not released a device within the limit. That is no failure of the device: once QEMU has replied, the request
 * stays with the guest, which may release the device at any later moment. The next call waits for that again. If that call errors with {@link
 * DeviceNotFoundError}, the device has left in between.
 *
 * <p>If the cause is an {@link ExecuteError}, QEMU has refused to ask the guest for a CPU, since no operating system has set
 * up the CPUs yet: no request stays.
 */
public final class StillPluggedError extends DeviceError {

    private static final long serialVersionUID = 1L;

    /** The time that passed. */
    private final Duration limit;

    /**
     * The error of one device.
     *
     * @param message the device and the limit
     * @param device its id or path
     * @param limit the time that passed
     * @param cause why QEMU did not tell whether the device is there, or did not ask the guest; null if it did both
     */
    public StillPluggedError(String message, String device, Duration limit, @Nullable Throwable cause) {
        super(message, device, cause);
        this.limit = limit;
    }

    /**
     * The time that passed.
     *
     * @return the limit of the call
     */
    public Duration limit() {
        return limit;
    }
}
