package io.github.qmpreactive.supervise;

import io.github.qmpreactive.internal.operation.LogShare;
import io.github.qmpreactive.message.QemuVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/** A line when a session is up and one when it is down; of the attempts between, the first that fails in each way. */
final class SupervisionLog {

    private static final Logger LOG = Loggers.getLogger("io.github.qmpreactive.supervise");

    private final String prefix;

    /** With the other machines of a fleet. */
    private final @Nullable LogShare share = LogShare.current();

    private boolean connectFailed;
    private boolean onConnectFailed;

    SupervisionLog(String name) {
        this.prefix = "[" + name + "] ";
    }

    /** From now on there is no session: the next failures are news. */
    void outage() {
        connectFailed = false;
        onConnectFailed = false;
    }

    void up(int attempts, Optional<QemuVersion> version) {
        String server = version.map(v -> "QEMU " + v).orElse("the server");
        info("{}Connected to {} at attempt {}", prefix, server, attempts);
    }

    void down(@Nullable Throwable cause) {
        outage();
        if (cause == null) {
            info("{}The session has ended; connecting again", prefix);
        } else {
            warn("{}The session is lost, connecting again: {}", prefix, textOf(cause));
        }
    }

    void failed(int attempt, Throwable error, boolean connecting) {
        String what = connecting ? "Connecting" : "onConnect";
        boolean known = connecting ? connectFailed : onConnectFailed;
        if (connecting) {
            connectFailed = true;
        } else {
            onConnectFailed = true;
        }
        if (known) {
            LOG.debug("{}{} failed, attempt {}: {}", prefix, what, attempt, textOf(error));
        } else {
            warn("{}{} failed, attempt {}; further ones are logged at DEBUG: {}", prefix, what, attempt, textOf(error));
        }
    }

    void gaveUp(Throwable error) {
        if (isIncluded()) {
            LOG.error("{}Gave up, start() makes it try again: {}", prefix, textOf(error));
        } else {
            LOG.debug("{}Gave up, start() makes it try again: {}", prefix, textOf(error));
        }
    }

    /** Code of the application's did, where nothing can come of it. */
    void threw(Throwable thrown) {
        LOG.error("{}Ignored what was thrown while the session was supervised", prefix, thrown);
    }

    private boolean isIncluded() {
        return share == null || share.includes(prefix);
    }

    private void info(String message, Object... arguments) {
        if (isIncluded()) {
            LOG.info(message, arguments);
        } else {
            LOG.debug(message, arguments);
        }
    }

    private void warn(String message, Object... arguments) {
        if (isIncluded()) {
            LOG.warn(message, arguments);
        } else {
            LOG.debug(message, arguments);
        }
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
