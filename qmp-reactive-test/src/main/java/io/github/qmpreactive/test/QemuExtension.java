package io.github.qmpreactive.test;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link Qemu} does. */
final class QemuExtension implements ExecutionCondition, BeforeEachCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(QemuExtension.class);
    private static final String REQUIRED = "qmp.qemu.required";

    /** Without a constructor that JUnit can call there is no extension. */
    QemuExtension() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<Qemu> settings = settings(context);
        if (settings.isEmpty() || settings.get().binary().isAvailable() || Boolean.getBoolean(REQUIRED)) {
            return ConditionEvaluationResult.enabled("QEMU is here, or has to be");
        }
        QemuBinary missing = settings.get().binary();
        LeftOutTests left = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(LeftOutTests.class, key -> new LeftOutTests(), LeftOutTests.class);
        context.getElement().ifPresent(element -> left.add(missing, element));
        return ConditionEvaluationResult.disabled(missing.installHint());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        settings(context)
                .map(Qemu::binary)
                .filter(binary -> !binary.isAvailable())
                .ifPresent(binary -> {
                    throw new IllegalStateException(binary.installHint() + " (" + REQUIRED + " is true)");
                });
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == QemuProcess.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Qemu settings = settings(context)
                .orElseThrow(() -> new IllegalStateException("There is no @Qemu for " + context.getDisplayName()));
        // The store closes it; a store of a class is seen by its methods.
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(settings, QemuExtension::start, QemuProcess.class);
    }

    private static QemuProcess start(Qemu settings) {
        QemuLauncher launcher = QemuLauncher.of(settings.binary())
                .withArgs(settings.args())
                .withMonitorOptions(settings.monitorOptions())
                .withMonitors(settings.monitors());
        launcher = settings.tcp() ? launcher.withTcp() : launcher;
        return (settings.running() ? launcher.running() : launcher).start();
    }

    private static Optional<Qemu> settings(ExtensionContext context) {
        Optional<Qemu> own = context.getElement().flatMap(e -> AnnotationSupport.findAnnotation(e, Qemu.class));
        return own.isPresent() ? own : context.getParent().flatMap(QemuExtension::settings);
    }
}
