package io.github.qmpreactive.internal.codec;

import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Secrets inside of text: URLs with a password, parameters, and file names that are JSON. */
final class Credentials {

    /** The patterns go back and forth: a longer text is looked at in parts, which overlap by as much as a secret takes. */
    private static final int PART = 32 * 1024;

    private static final int OVERLAP = 16 * 1024;

    private static final String JSON_NAME = "json:";

    private static final String NAMES = "password|passwd|pwd|passphrase|secret|cookie|token|access_token|signature";

    /** {@code scheme://user:password@host}, of iSCSI {@code user%password}; without a colon the user may be a token. */
    private static final Pattern URL = Pattern.compile(
            "(iscsi://[^/?#\\s\"'@:%]*%|(?:https?|ftps?)://(?:[^/?#\\s\"'@:]*:)?|://[^/?#\\s\"'@:]*:)([^/?#\\s\"']+)@");

    /** {@code ?password=...}, {@code ,password=...}, {@code --password=...}, {@code DB_PASSWORD=...}. */
    private static final Pattern PARAMETER = Pattern.compile(
            "((?:^|[?&;,\\s.\"'])(?:--[\\w-]{0,40}|\\w{0,40})(?:" + NAMES + ")=)([^&;,\\s\"']+)",
            Pattern.CASE_INSENSITIVE);

    /** {@code :key=...:} of an RBD image. */
    private static final Pattern BETWEEN_COLONS =
            Pattern.compile("(:(?:key|" + NAMES + ")=)([^&;,:\\s\"']+)", Pattern.CASE_INSENSITIVE);

    /** {@code json:{"password": "..."}}, the quotes escaped any number of times. */
    private static final Pattern JSON = Pattern.compile(
            "([\"'](?:[\\w.-]*\\.)?(?:" + NAMES + ")\\\\*[\"']\\s*:\\s*)(\\\\*)([\"'])(.*?)(?<!\\\\)\\2\\3",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Credentials() {}

    static boolean isIn(String text) {
        return isSuspect(text) && parts(text).anyMatch(part -> !part.equals(mask(part)));
    }

    private static Stream<String> parts(String text) {
        if (text.length() <= PART) {
            return Stream.of(text);
        }
        String format = text.contains(JSON_NAME) ? JSON_NAME : "";
        return IntStream.iterate(0, start -> start < text.length() - OVERLAP, start -> start + PART - OVERLAP)
                .mapToObj(start -> format + text.substring(start, Math.min(text.length(), start + PART)));
    }

    /** The text with what is secret in it hidden. */
    static String mask(String text) {
        if (!isSuspect(text)) {
            return text;
        }
        String masked = text;
        if (masked.contains("://")) {
            masked = URL.matcher(masked).replaceAll("$1" + Secrets.HIDDEN + "@");
        }
        if (masked.indexOf('=') >= 0) {
            masked = PARAMETER.matcher(masked).replaceAll("$1" + Secrets.HIDDEN);
            masked = BETWEEN_COLONS.matcher(masked).replaceAll("$1" + Secrets.HIDDEN);
        }
        if (masked.contains(JSON_NAME)) {
            masked = JSON.matcher(masked).replaceAll("$1$2$3" + Secrets.HIDDEN + "$2$3");
        }
        return masked;
    }

    /** Adds what is secret in a text. */
    static void collect(String text, Collection<String> values) {
        if (!isSuspect(text)) {
            return;
        }
        parts(text)
                .flatMap(part -> Stream.of(
                                found(URL, 2, part, part.contains("://")),
                                found(PARAMETER, 2, part, part.indexOf('=') >= 0),
                                found(BETWEEN_COLONS, 2, part, part.indexOf('=') >= 0),
                                found(JSON, 4, part, part.contains(JSON_NAME)))
                        .flatMap(found -> found))
                // A short one would hide every letter of what the server says.
                .filter(value -> value.length() >= Secrets.MIN_LENGTH)
                .distinct()
                .limit(Secrets.MAX_VALUES)
                .forEach(values::add);
    }

    /** Matching costs much more than a look for what no match is without. */
    private static Stream<String> found(Pattern pattern, int group, String part, boolean isSuspect) {
        return isSuspect ? pattern.matcher(part).results().map(found -> found.group(group)) : Stream.of();
    }

    static boolean isSuspect(String text) {
        return text.indexOf('=') >= 0 || text.contains("://") || text.contains(JSON_NAME);
    }
}
