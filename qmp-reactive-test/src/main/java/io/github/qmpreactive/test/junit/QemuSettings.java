package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.test.qemu.QemuBinary;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * What counts for a test, and where that is written.
 *
 * @param qemu the annotation
 * @param owner the context of the class or the method that has it
 */
record QemuSettings(Qemu qemu, ExtensionContext owner) {

    /** With it the absence of QEMU is a failure. */
    private static final String REQUIRED = "qmp.qemu.required";

    static Optional<QemuSettings> find(ExtensionContext context) {
        return context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, Qemu.class))
                .map(qemu -> new QemuSettings(qemu, context))
                .or(() -> context.getParent().flatMap(QemuSettings::find));
    }

    /** Whether its absence is a failure: then, and where a setting names one that is not there. */
    static boolean isRequired(QemuBinary binary) {
        return binary.isNamed() || Boolean.getBoolean(REQUIRED);
    }

    boolean isShared() {
        if (qemu.scope() == Qemu.Scope.CLASS && owner.getTestMethod().isPresent()) {
            throw new IllegalArgumentException(
                    "@Qemu(scope = CLASS) stands on the method " + owner.getDisplayName() + ": put it on the class");
        }
        return qemu.scope() == Qemu.Scope.CLASS;
    }

    boolean belongsTo(ExtensionContext context) {
        return owner.getUniqueId().equals(context.getUniqueId());
    }

    /** Fails if it has to be there, and is not. */
    void requireProgram() {
        if (!qemu.binary().isAvailable()) {
            String required = Boolean.getBoolean(REQUIRED) ? " (" + REQUIRED + " is true)" : "";
            throw new IllegalStateException(qemu.binary().installHint() + required);
        }
    }
}
