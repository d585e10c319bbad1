package io.github.qmpreactive.error;

/** The guest refuses to release a device, which stays as it was. It can be asked for again. */
public final class UnplugRefusedError extends DeviceError {

    private static final long serialVersionUID = 1L;

    /** What QEMU has told of the reason. */
    private final String reason;

    /**
     * An error with the reason.
     *
     * @param message the device and the reason
     * @param device its id or path
     * @param reason what QEMU has told of it; empty if nothing
     */
    public UnplugRefusedError(String message, String device, String reason) {
        super(message, device, null);
        this.reason = reason;
    }

    /**
     * Why the guest refuses.
     *
     * @return meant for people: the status of ACPI's {@code _OST}, for example {@code "ACPI status 0x81"}, the text of
     *     MEM_UNPLUG_ERROR, or empty if QEMU has not told
     */
    public String reason() {
        return reason;
    }
}
