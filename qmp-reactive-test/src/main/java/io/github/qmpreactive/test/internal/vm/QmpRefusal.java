package io.github.qmpreactive.test.internal.vm;

/** The machine says no to a command, in QEMU's words. */
final class QmpRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String errorClass;
    private final String description;

    QmpRefusal(String errorClass, String description) {
        super(description, null, false, false);
        this.errorClass = errorClass;
        this.description = description;
    }

    static QmpRefusal generic(String description) {
        return new QmpRefusal("GenericError", description);
    }

    static QmpRefusal noDevice(String name) {
        return new QmpRefusal("DeviceNotFound", "Device '" + name + "' not found");
    }

    String errorClass() {
        return errorClass;
    }

    String description() {
        return description;
    }
}
