package io.github.qmpreactive.observe;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Bounds the names of commands that become tags: a caller may send any text. A name that QEMU has answered otherwise than
 * with {@code CommandNotFound} is one of QEMU's, of which there are some hundreds. Of the others, a few get a tag as well,
 * for a QEMU that does not answer at all. What is not spelled as a name of QEMU's never does: it may be a line with arguments, in
 * which secrets are. Safe for any thread.
 */
final class KnownNames {

    static final String UNKNOWN = "unknown";

    /** More than any QEMU and its agent have: a server that answers everything is no QEMU. */
    static final int MAX_ANSWERED = 1_000;

    static final int MAX_UNANSWERED = 100;

    /** Longer than any of QEMU's. */
    static final int MAX_LENGTH = 64;

    /** QAPI's, those of a vendor ({@code __com.redhat_x}) included. */
    private static final Pattern SPELLING = Pattern.compile("[A-Za-z0-9_.-]{1," + MAX_LENGTH + "}");

    private static final String COMMAND_NOT_FOUND = "CommandNotFound";

    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Set<String> unanswered = ConcurrentHashMap.newKeySet();

    /** The tag of a command that begins. */
    String began(String name) {
        return answered.contains(name) || add(unanswered, MAX_UNANSWERED, name) ? name : UNKNOWN;
    }

    /** The tag of a command that has ended and had another one, or the same, when it began. */
    String ended(String name, String began, CommandEnd end) {
        switch (end.outcome()) {
            case SUCCESS, ERROR, UNUSABLE_REPLY -> {
                // An older QEMU does not have what a newer one has: what one QEMU has is known, whatever others say.
                boolean isQemus = !COMMAND_NOT_FOUND.equals(end.errorClass()) || answered.contains(name);
                if (isQemus && add(answered, MAX_ANSWERED, name)) {
                    unanswered.remove(name);
                    return name;
                }
                return UNKNOWN;
            }
            default -> {
                return began;
            }
        }
    }

    private static boolean add(Set<String> names, int most, String name) {
        return names.contains(name)
                || (names.size() < most
                        && SPELLING.matcher(name).matches()
                        && (names.add(name) || names.contains(name)));
    }
}
