package io.github.qmpreactive.test.profile;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.qemu.QemuBinary;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is compared of the answers of QEMU and of a fake. Where the kit has the profile of that QEMU, every word. Else what
 * holds in every version: which commands succeed, the class of each error and the parameter it names, which events come and
 * in which order.
 */
public final class QemuWords {

    /** Treats every QEMU as one without a profile, to try what is compared then. */
    private static final boolean NO_PROFILES = Boolean.getBoolean("qmp.test.noProfiles");

    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");
    private static final Pattern ERROR =
            Pattern.compile("\"error\":\\{\"class\":\"(\\w+)\",\"desc\":\"(?:[^\"\\\\]|\\\\.)*\"}");

    private static final Pattern NO_JSON =
            Pattern.compile("\"(?:\\d+:\\d+: )?JSON (?:parse error|nesting)(?:[^\"\\\\]|\\\\.)*\"");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private QemuWords() {}

    /** The profile of the QEMU that tests run with; the test is left out where there is none. */
    public static QemuProfile required(QemuBinary binary) {
        Optional<QemuProfile> profile = find(binary);
        assumeTrue(profile.isPresent(), () -> reason(binary) + ", so its exact words are not compared");
        return profile.orElseThrow();
    }

    /** The profile of the QEMU that tests run with, or the nearest one; the test is left out before QEMU 6.0. */
    public static QemuProfile nearest(QemuBinary binary) {
        QemuVersion version = version(binary);
        assumeTrue(
                version.isAtLeast(6, 0),
                () -> "fakes are compared with QEMU 6.0 and later, of " + version.major() + "." + version.minor()
                        + " the client's contract alone is tested");
        return find(binary).orElseGet(() -> QemuProfile.nearest(version));
    }

    /** Leaves out a test of what changed between versions, where there is no profile. */
    public static void requireIf(boolean changed, QemuBinary binary) {
        if (changed) {
            required(binary);
        }
    }

    /** An error, as far as it is compared. */
    public static String of(QemuBinary binary, ErrorResponse error) {
        if (find(binary).isPresent()) {
            return error.errorClass() + ": " + error.description();
        }
        Matcher quoted = QUOTED.matcher(error.description());
        return error.errorClass() + (quoted.find() ? ": " + quoted.group(1) : "");
    }

    /** Lines that a monitor sends, as far as they are compared: their members in one order, and no words for what is no JSON. */
    public static List<String> of(QemuBinary binary, List<String> lines) {
        List<String> ordered = lines.stream().map(QemuWords::ordered).toList();
        return find(binary).isPresent()
                ? ordered
                : ordered.stream()
                        .map(line -> ERROR.matcher(line).replaceAll("\"error\":\"$1\""))
                        .map(line -> line.replaceAll("\"return\":.*", "\"return\""))
                        .toList();
    }

    private static String ordered(String line) {
        // The agent's sentinel comes before a message.
        int begin = line.indexOf('{');
        String json = JSON.writeValueAsString(JSON.readTree(line.substring(begin)));
        return line.substring(0, begin) + NO_JSON.matcher(json).replaceFirst("\"no JSON\"");
    }

    /** What a client hears, as far as it is compared. */
    public static String ofTranscript(List<String> lines) {
        String text = String.join("\n", lines);
        return find(QemuBinary.SYSTEM).isPresent()
                ? text
                : text.replaceAll("(event \\w+) \\{.*", "$1")
                        .replaceAll("(fails: \\w+), .*", "$1")
                        .replaceAll("returns .*", "returns");
    }

    private static Optional<QemuProfile> find(QemuBinary binary) {
        return NO_PROFILES ? Optional.empty() : QemuProfile.find(version(binary));
    }

    private static QemuVersion version(QemuBinary binary) {
        return binary.version().orElseThrow();
    }

    private static String reason(QemuBinary binary) {
        QemuVersion version = version(binary);
        return "there is no profile of QEMU " + version.major() + "." + version.minor() + ", only of "
                + String.join(", ", QemuProfile.shipped());
    }
}
