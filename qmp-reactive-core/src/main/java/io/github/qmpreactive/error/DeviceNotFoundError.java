package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/**
 * QEMU knows no device of this id: it never existed, or it was removed before, for example after a {@link
 * StillPluggedError}, or while no session was connected.
 */
public final class DeviceNotFoundError extends DeviceError {

    private static final long serialVersionUID = 1L;

    /**
     * The error of one device.
     *
     * @param message what was asked for
     * @param device its id or path
     * @param cause QEMU's refusal of the command, if that is how it was found out
     */
    public DeviceNotFoundError(String message, String device, @Nullable Throwable cause) {
        super(message, device, cause);
    }
}
