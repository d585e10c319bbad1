package io.github.qmpreactive.test.internal.process;

import io.github.qmpreactive.message.QemuVersion;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The versions of QEMU that a test needs. */
public record VersionRange(String text, QemuVersion from, QemuVersion before) {

    private static final String NUMBER = "\\d{1,4}(?:\\.\\d{1,4}){0,2}";
    private static final Pattern RANGE =
            Pattern.compile("(?<atLeast>N)\\+|<(?<less>N)|(?<from>N)(?:\\.\\.(?<to>N))?".replace("N", NUMBER));
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
        Matcher matcher = RANGE.matcher(plain);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" names no versions of QEMU: write \"7.2+\" (that or a"
                    + " later one), \"7.2\" (7.2.0, 7.2.1 and so on), \"<8.0\" (before 8.0.0) or \"7.2..9.0\" (both"
                    + " and what is between them)");
        }
        Optional<String> from = number(matcher, "from");
        Optional<String> to = number(matcher, "to").or(() -> from);
        VersionRange range = new VersionRange(
                plain,
                from.or(() -> number(matcher, "atLeast"))
                        .map(VersionRange::first)
                        .orElse(FIRST),
                to.map(VersionRange::behind)
                        .or(() -> number(matcher, "less").map(VersionRange::first))
                        .orElse(NEVER));
        if (range.from.compareTo(range.before) >= 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" names no versions of QEMU: the first comes behind the last");
        }
        return range;
    }

    private static Optional<String> number(Matcher matcher, String group) {
        return Optional.ofNullable(matcher.group(group));
    }

    public boolean contains(QemuVersion version) {
        return from.compareTo(version) <= 0 && version.compareTo(before) < 0;
    }

    private static QemuVersion first(String number) {
        return version(parts(number));
    }

    /** Behind all that begin with this number. */
    private static QemuVersion behind(String number) {
        int[] parts = parts(number);
        parts[parts.length - 1]++;
        return version(parts);
    }

    private static int[] parts(String number) {
        return Arrays.stream(number.split("\\.", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static QemuVersion version(int... parts) {
        int[] all = Arrays.copyOf(parts, 3);
        return new QemuVersion(all[0], all[1], all[2], "");
    }

    @Override
    public String toString() {
        return text;
    }
}
