package io.github.qmpreactive.internal.codec;

import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Secrets inside of text: URLs with a password, parameters, and file names that are JSON. */
final class Credentials {

    private static final int MAX_LENGTH = 16 * 1024;

    private static final String NAMES = "password|passwd|pwd|passphrase|secret|cookie|token|access_token|signature";

    /** {@code scheme://user:password@host}; without a colon the user may be a token. */
    private static final Pattern URL =
            Pattern.compile("((?:https?|ftps?)://(?:[^/?#\\s\"'@:]*:)?|://[^/?#\\s\"'@:]*:)([^/?#\\s\"']+)@");

    /** {@code ?password=...}, {@code ,password=...}, and the key of an RBD image. */
    private static final Pattern PARAMETER =
            Pattern.compile("((?:^|[?&;,:\\s.])(?:" + NAMES + ")=|:key=)([^&;,:\\s\"']+)", Pattern.CASE_INSENSITIVE);

    /** {@code json:{"password": "..."}}, the quotes escaped any number of times. */
    private static final Pattern JSON = Pattern.compile(
            "([\"'](?:[\\w.-]*\\.)?(?:" + NAMES + ")\\\\*[\"']\\s*:\\s*)(\\\\*)([\"'])(.*?)(?<!\\\\)\\2\\3",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private Credentials() {}

    static boolean isIn(String text) {
        // A limit, because the patterns go back and forth.
        String part = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
        return isSuspect(part) && !part.equals(mask(part));
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
        }
        if (masked.contains("json:")) {
            masked = JSON.matcher(masked).replaceAll("$1$2$3" + Secrets.HIDDEN + "$2$3");
        }
        return masked;
    }

    /** Adds what is secret in a text. */
    static void collect(String text, Collection<String> values) {
        if (!isSuspect(text) || text.length() > MAX_LENGTH) {
            return;
        }
        Stream.of(
                        URL.matcher(text).results().map(found -> found.group(2)),
                        PARAMETER.matcher(text).results().map(found -> found.group(2)),
                        JSON.matcher(text).results().map(found -> found.group(4)))
                .flatMap(found -> found)
                // A short one would hide every letter of what the server says.
                .filter(value -> value.length() >= Secrets.MIN_LENGTH)
                .forEach(values::add);
    }

    private static boolean isSuspect(String text) {
        return text.indexOf('=') >= 0 || text.contains("://") || text.contains("json:");
    }
}
