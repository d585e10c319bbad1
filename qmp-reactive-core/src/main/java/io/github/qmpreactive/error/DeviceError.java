package io.github.qmpreactive.error;

import org.jspecify.annotations.Nullable;

/** A device was not removed from QEMU, or is not known to QEMU. The session stays open. */
public abstract sealed class DeviceError extends QmpError
        permits DeviceNotFoundError, StillPluggedError, UnplugRefusedError {

    private static final long serialVersionUID = 1L;

    /** The id or path of the device. */
    private final String device;

    DeviceError(String message, String device, @Nullable Throwable cause) {
        super(message, cause);
        this.device = device;
    }

    /**
     * The device.
     *
     * @return its id, or its path in QOM, as it was given
     */
    public String device() {
        return device;
    }
}
