package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.message.QemuVersion;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions of QEMU that a test needs. */
public record VersionRange(String text, QemuVersion from, QemuVersion before) {

    private static final String NUMBER = "\\d{1,4}(?:\\.\\d{1,4}){0,2}";
    private static final Pattern AT_LEAST = Pattern.compile("(" + NUMBER + ")\\+");
    private static final Pattern LESS = Pattern.compile("<(" + NUMBER + ")");
    private static final Pattern BETWEEN = Pattern.compile("(" + NUMBER + ")\\.\\.(" + NUMBER + ")");
    private static final Pattern ONE = Pattern.compile("(" + NUMBER + ")");
    private static final QemuVersion FIRST = new QemuVersion(0, 0, 0, "");
    private static final QemuVersion NEVER = new QemuVersion(Integer.MAX_VALUE, 0, 0, "");

    /**
     * Reads a range.
     *
     * @param text {@code "7.2+"}, {@code "7.2"}, {@code "<8.0"} or {@code "7.2..9.0"}; spaces do not matter
     * @throws IllegalArgumentException if it is none of these, or empty: {@code "9.0..7.2"}
     */
    public static VersionRange parse(String text) {
        String plain = text.replace(" ", "");
        Matcher atLeast = AT_LEAST.matcher(plain);
        if (atLeast.matches()) {
            return new VersionRange(plain, first(atLeast.group(1)), NEVER);
        }
        Matcher less = LESS.matcher(plain);
        if (less.matches()) {
            return new VersionRange(plain, FIRST, first(less.group(1)));
        }
        Matcher one = ONE.matcher(plain);
        if (one.matches()) {
            return new VersionRange(plain, first(one.group(1)), behind(one.group(1)));
        }
        Matcher between = BETWEEN.matcher(plain);
        if (!between.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" names no versions of QEMU: write \"7.2+\" (that or a"
                    + " later one), \"7.2\" (7.2.0, 7.2.1 and so on), \"<8.0\" (before 8.0.0) or \"7.2..9.0\" (both"
                    + " and what is between them)");
        }
        VersionRange range = new VersionRange(plain, first(between.group(1)), behind(between.group(2)));
        if (range.from.compareTo(range.before) >= 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" names no versions of QEMU: the first comes behind the last");
        }
        return range;
    }

    /** Whether a version is one of them. */
    public boolean contains(QemuVersion version) {
        return from.compareTo(version) <= 0 && version.compareTo(before) < 0;
    }

    private static QemuVersion first(String number) {
        int[] parts = Arrays.copyOf(parts(number), 3);
        return new QemuVersion(parts[0], parts[1], parts[2], "");
    }

    /** Behind all that begin with this number. */
    private static QemuVersion behind(String number) {
        int[] parts = parts(number);
        parts[parts.length - 1]++;
        int[] all = Arrays.copyOf(parts, 3);
        return new QemuVersion(all[0], all[1], all[2], "");
    }

    private static int[] parts(String number) {
        return Arrays.stream(number.split("\\.", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    @Override
    public String toString() {
        return text;
    }
}
