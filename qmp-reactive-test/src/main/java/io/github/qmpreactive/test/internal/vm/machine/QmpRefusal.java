package io.github.qmpreactive.test.internal.vm.machine;

/** The machine says no to a command, in QEMU's words. */
public final class QmpRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String errorClass;
    private final String description;

    /** With an error class of QMP. */
    public QmpRefusal(String errorClass, String description) {
        super(description, null, false, false);
        this.errorClass = errorClass;
        this.description = description;
    }

    /** With the class that nearly all errors have. */
    public static QmpRefusal generic(String description) {
        return new QmpRefusal("GenericError", description);
    }

    /** There is no such device. */
    public static QmpRefusal noDevice(String name) {
        return new QmpRefusal("DeviceNotFound", "Device '" + name + "' not found");
    }

    /** The {@code class} of the error. */
    public String errorClass() {
        return errorClass;
    }

    /** The {@code desc} of the error. */
    public String description() {
        return description;
    }
}
