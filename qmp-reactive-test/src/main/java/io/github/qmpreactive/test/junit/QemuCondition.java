package io.github.qmpreactive.test.junit;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.process.VersionRange;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Leaves out what needs a QEMU that is not here. */
final class QemuCondition implements ExecutionCondition {

    /** Without a constructor that JUnit can call there is no extension. */
    QemuCondition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<Qemu> wanted = QemuSettings.find(context).map(QemuSettings::qemu);
        if (wanted.isEmpty()) {
            return ConditionEvaluationResult.enabled("No QEMU is needed");
        }
        QemuBinary binary = wanted.get().binary();
        LeftOutTests.of(context).uses(binary);
        Optional<VersionRange> versions = versions(wanted.get());
        Optional<Path> program = binary.find();
        if (program.isEmpty()) {
            return QemuSettings.isRequired(binary)
                    ? ConditionEvaluationResult.enabled("QEMU has to be here")
                    : leaveOut(context, binary.installHint());
        }
        if (versions.isPresent()) {
            QemuVersion version = binary.version().orElseThrow();
            if (!versions.get().contains(version)) {
                String here = program.get() + " is " + LeftOutTests.number(version);
                return leaveOut(context, "needs QEMU " + versions.get() + ", " + here);
            }
        }
        return ConditionEvaluationResult.enabled("QEMU is here");
    }

    /** Also where there is no QEMU: a mistake is to be seen everywhere. */
    private static Optional<VersionRange> versions(Qemu wanted) {
        if (wanted.version().isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(VersionRange.parse(wanted.version()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("@Qemu(version = ...): " + e.getMessage(), e);
        }
    }

    private static ConditionEvaluationResult leaveOut(ExtensionContext context, String reason) {
        context.getElement().ifPresent(element -> LeftOutTests.of(context).add(reason, element));
        return ConditionEvaluationResult.disabled(reason);
    }
}
