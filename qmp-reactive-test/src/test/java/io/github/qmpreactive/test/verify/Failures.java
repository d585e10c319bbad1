package io.github.qmpreactive.test.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the tests of verifiers that fail have in common. */
final class Failures {

    private Failures() {}

    /** Verifies in vain; the failure says each of these things, in this order. */
    static AssertionError assertFails(QmpVerifier verifier, String... parts) {
        AssertionError error = assertThrows(AssertionError.class, verifier::verify);
        assertSays(error, parts);
        return error;
    }

    static void assertSays(AssertionError error, String... parts) {
        String message = String.valueOf(error.getMessage());
        int from = 0;
        for (String part : parts) {
            int at = message.indexOf(part, from);
            assertTrue(at >= 0, () -> "There is no\n  " + part + "\nin (or it is not in this place)\n" + message);
            from = at + part.length();
        }
    }

    static void assertSaysExactly(AssertionError error, String message) {
        assertEquals(message, error.getMessage());
    }
}
