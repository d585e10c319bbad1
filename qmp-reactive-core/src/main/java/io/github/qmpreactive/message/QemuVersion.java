package io.github.qmpreactive.message;

import java.util.Comparator;

/**
 * The version that QEMU tells in its greeting.
 *
 * <p>Versions compare as major, minor, micro; what the distribution calls its package is not compared, so
 * {@code compareTo} may be 0 for versions that are not equal.
 *
 * @param major the first number
 * @param minor the second number
 * @param micro the third number: 50 and more mark a development build, 90 and more a release candidate
 * @param packageName what the distribution adds, for example {@code "Debian 1:7.2+dfsg-7"}; may be empty
 */
public record QemuVersion(int major, int minor, int micro, String packageName) implements Comparable<QemuVersion> {

    private static final Comparator<QemuVersion> ORDER = Comparator.comparingInt(QemuVersion::major)
            .thenComparingInt(QemuVersion::minor)
            .thenComparingInt(QemuVersion::micro);

    /**
     * Whether this version is the given one or a later one. A release candidate or development build of the
     * given version is numbered below it, and so is not.
     *
     * @param major the first number of the version to reach
     * @param minor the second number of the version to reach
     * @return whether it is reached
     */
    public boolean isAtLeast(int major, int minor) {
        return this.major != major ? this.major > major : this.minor >= minor;
    }

    /**
     * Whether this is a build between releases, a release candidate included.
     *
     * @return whether {@code micro} is 50 or more
     */
    public boolean isDevelopment() {
        return micro >= 50;
    }

    /**
     * Whether this is a release candidate.
     *
     * @return whether {@code micro} is 90 or more
     */
    public boolean isReleaseCandidate() {
        return micro >= 90;
    }

    @Override
    public int compareTo(QemuVersion other) {
        return ORDER.compare(this, other);
    }

    /** The three numbers, and the package's name in brackets if there is one. */
    @Override
    public String toString() {
        String numbers = major + "." + minor + "." + micro;
        return packageName.isBlank() ? numbers : numbers + " (" + packageName.strip() + ")";
    }
}
