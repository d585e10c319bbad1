package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.GreetingError;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

@DisplayName("The error of a socket that cannot be bound")
class BindErrorsTest {

    @TempDir
    Path folder;

    private ConnectError unix(Throwable cause) {
        return (ConnectError) BindErrors.of("vm", new Endpoint.Unix(folder.resolve("s")), cause);
    }

    @Test
    @DisplayName("A socket that another user has left behind is NOT_PERMITTED: to try again does not help")
    void leftBehindByOthers() {
        AccessDeniedException cause =
                new AccessDeniedException("s", null, "a socket was left behind there that this user may not remove");
        ConnectError error = unix(cause);
        assertSame(Reason.NOT_PERMITTED, error.reason());
        assertFalse(error.reason().isTemporary());
        assertEquals(
                "[vm] Cannot listen on unix:" + folder.resolve("s")
                        + ": a socket was left behind there that this user may not remove",
                error.getMessage());
        assertSame(cause, error.getCause());
    }

    @Test
    @DisplayName("A file that may not be made is NOT_PERMITTED, and the folder is named")
    void notPermitted() {
        ConnectError error = unix(new AccessDeniedException("s"));
        assertSame(Reason.NOT_PERMITTED, error.reason());
        assertEquals(
                "[vm] Cannot listen on unix:" + folder.resolve("s") + ": not permitted in the folder " + folder,
                error.getMessage());
    }

    @Test
    @DisplayName("An unknown cause is OTHER, with the system's words; an error of the library stays what it is")
    void others() {
        ConnectError error = unix(new BindException("no idea"));
        assertSame(Reason.OTHER, error.reason());
        assertEquals(
                "[vm] Cannot listen on unix:" + folder.resolve("s") + ": java.net.BindException: no idea",
                error.getMessage());
        GreetingError ours = new GreetingError("x", JsonNodeFactory.instance.objectNode(), null);
        assertSame(ours, BindErrors.of("vm", new Endpoint.Tcp("h", 1), ours));
    }
}
