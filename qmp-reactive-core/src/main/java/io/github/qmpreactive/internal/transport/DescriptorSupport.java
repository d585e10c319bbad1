package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.option.FdSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether this computer and this class path can pass descriptors; found out once, at the first use. */
final class DescriptorSupport {

    /** Those where the kernel's constants and structures are as {@link Libc} has them. */
    private static final Set<String> ARCHITECTURES =
            Set.of("amd64", "x86_64", "aarch64", "riscv64", "ppc64le", "s390x", "loongarch64");

    private static final @Nullable Problem PROBLEM = find(System.getProperty("os.name"), System.getProperty("os.arch"));

    private record Problem(
            Reason reason, String text, @Nullable Throwable cause) {}

    private DescriptorSupport() {}

    /** Throws DescriptorPassingError if it cannot be. */
    static void require(String prefix, FdSource source) {
        if (PROBLEM != null) {
            throw new DescriptorPassingError(
                    PROBLEM.reason, prefix + source + " cannot be passed: " + PROBLEM.text, PROBLEM.cause);
        }
    }

    private static @Nullable Problem find(String system, String architecture) {
        if (!system.equals("Linux") || !ARCHITECTURES.contains(architecture)) {
            return new Problem(
                    Reason.UNSUPPORTED_PLATFORM,
                    "this works on 64-bit Linux alone, and this is " + system + " on " + architecture,
                    null);
        }
        try {
            Class.forName("com.sun.jna.Native", false, DescriptorSupport.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return new Problem(
                    Reason.JNA_MISSING,
                    "JNA is not on the class path; add the dependency net.java.dev.jna:jna, 5.19.1 or later",
                    e);
        }
        try {
            String ignored = Libc.describe(0);
            return null;
        } catch (LinkageError | RuntimeException e) {
            return new Problem(Reason.JNA_UNUSABLE, "JNA does not work here: " + e, e);
        }
    }
}
