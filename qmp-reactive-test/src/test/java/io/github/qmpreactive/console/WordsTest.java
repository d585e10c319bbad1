package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.error.JobFailedError;
import io.github.qmpreactive.error.MigrationNotFoundError;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

@DisplayName("Console: errors in words")
class WordsTest {

    @Test
    @DisplayName("An error is words for people, whether QEMU has told a reason or not")
    void reasons() {
        assertEquals("QEMU has told no reason", Words.of(new JobFailedError("m", "job", "mirror", "")));
        assertEquals("Could not open '…'", Words.of(new JobFailedError("m", "job", "mirror", "Could not open '/x'")));
        assertEquals(
                "QEMU does not know it any more: how it ended is unknown", Words.of(new MigrationNotFoundError("m")));
        assertEquals("too late", Words.of(new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT, "too late")));
        assertEquals("it is not connected", Words.of(new NotConnected("vm")));
    }
}
