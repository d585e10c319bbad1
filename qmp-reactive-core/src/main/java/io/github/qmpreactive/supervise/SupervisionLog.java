package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.LogShare;
import io.github.qmpreactive.message.QemuVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * A line when a session is up and one when it is down; of the attempts between, the first that fails in each way. With the other
 * machines of a fleet, a line that exceeds their share is left to a later attempt that fails. A line about a failure is always
 * followed by one about its end.
 */
final class SupervisionLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.supervise");

    private final String prefix;

    /** With the other machines of a fleet. */
    private final @Nullable LogShare share;

    // Of which there was a line.
    private boolean connectFailed;
    private boolean onConnectFailed;
    private boolean down;

    SupervisionLog(String name, @Nullable LogShare share) {
        this.prefix = "[" + name + "] ";
        this.share = share;
    }

    /** From now on there is no session: the next failures are news. */
    void outage() {
        connectFailed = false;
        onConnectFailed = false;
    }

    void up(int attempts, Optional<QemuVersion> version) {
        String server = version.map(v -> "QEMU " + v).orElse("the server");
        String message = "{}Connected to {} at attempt {}";
        if (down || isIncluded()) {
            LOG.info(message, prefix, server, attempts);
        } else {
            LOG.debug(message, prefix, server, attempts);
        }
        down = false;
    }

    void down(@Nullable Throwable cause) {
        outage();
        if (cause == null) {
            String message = "{}The session has ended; connecting again";
            if (isIncluded()) {
                LOG.info(message, prefix);
                down = true;
            } else {
                LOG.debug(message, prefix);
            }
        } else {
            warn("{}The session is lost, connecting again: {}", prefix, textOf(cause));
        }
    }

    void failed(int attempt, Throwable error, boolean connecting) {
        String what = connecting ? "Connecting" : "onConnect";
        if (connecting ? connectFailed : onConnectFailed) {
            LOG.debug("{}{} failed, attempt {}: {}", prefix, what, attempt, textOf(error));
            return;
        }
        boolean written = warn(
                "{}{} failed, attempt {}; further ones are logged at DEBUG: {}", prefix, what, attempt, textOf(error));
        if (connecting) {
            connectFailed = written;
        } else {
            onConnectFailed = written;
        }
    }

    /** Whatever the share: the application has to do something, or there is no session ever. */
    void gaveUp(Throwable error) {
        LOG.warn("{}Gave up, start() makes it try again: {}", prefix, textOf(error));
        down = true;
    }

    /** Code of the application's did, where nothing can come of it. */
    void threw(Throwable thrown) {
        LOG.error("{}Ignored what was thrown while the session was supervised", prefix, thrown);
    }

    private boolean isIncluded() {
        return share == null || share.includes(prefix);
    }

    /** Returns whether it was written. */
    private boolean warn(String message, Object... arguments) {
        if (isIncluded()) {
            LOG.warn(message, arguments);
            down = true;
            return true;
        }
        LOG.debug(message, arguments);
        return false;
    }

    /** What is wrong, without the name where the message begins with it. */
    String textOf(Throwable error) {
        String message = error.getMessage();
        if (message != null && message.startsWith(prefix)) {
            return message.substring(prefix.length());
        }
        // Its class is not public.
        return message != null && error instanceof Permanence.NoSessionException ? message : error.toString();
    }
}
