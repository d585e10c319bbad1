package io.github.qmpreactive.observe;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/** Micrometer's context of the observation of one command: a client's span. Nothing is added to what is sent. */
public final class QmpCommandContext extends SenderContext<Object> {

    private static final Object NO_CARRIER = new Object();

    private final ObservedCommand command;
    private volatile String tag;
    private volatile @Nullable CommandEnd end;

    QmpCommandContext(ObservedCommand command, String tag) {
        super((carrier, key, value) -> {}, Kind.CLIENT);
        this.command = command;
        this.tag = tag;
        setCarrier(NO_CARRIER);
        setRemoteServiceName(command.peer() == Peer.MONITOR ? "qemu" : "qemu-ga");
    }

    /**
     * The command.
     *
     * @return the command, its name as the caller gave it
     */
    public ObservedCommand command() {
        return command;
    }

    /**
     * The name of the command, fit for a tag: the names of commands that QEMU does not have are one.
     *
     * @return the name, or {@code unknown}
     */
    public String tag() {
        return tag;
    }

    /**
     * How it has ended.
     *
     * @return the end; null as long as it runs
     */
    public @Nullable CommandEnd end() {
        return end;
    }

    void end(CommandEnd how, String finalTag) {
        tag = finalTag;
        end = how;
    }
}
