package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.CommandQueueFullError.Limit;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.observation.CommandReport;
import io.github.qmpreactive.internal.observation.SessionReport;
import io.github.qmpreactive.internal.transport.Descriptor;
import io.github.qmpreactive.internal.transport.DescriptorTransport;
import io.github.qmpreactive.message.SessionState;
import io.github.qmpreactive.option.HandshakeMode;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a command has to pass before it gets to the event loop: the state of the session, the limits of the queue, the
 * encoder. On the thread of its caller, who is refused at once.
 */
public final class CommandAdmission {

    /** A key of subscribers' contexts. */
    private static final Object WHILE_DISCONNECTING = new Object();

    private final SessionName name;
    private final HandshakeMode handshake;
    private final CommandSettings settings;
    private final PendingCommands pending;
    private final DescriptorTransport descriptors;
    private final Supplier<SessionState> state;
    private final Supplier<@Nullable Set<String>> capabilities;
    private final SessionReport report;
    private final CommandIds ids;

    /**
     * Creates the admission of one session.
     *
     * @param name of the session, for errors
     * @param handshake decides how ids begin, and whether capabilities are known
     * @param settings limits
     * @param pending takes the commands
     * @param descriptors takes what they bring
     * @param state the session's now; read on any thread
     * @param capabilities what was enabled; null until the handshake is over; read on any thread
     * @param report tells the observer
     */
    public CommandAdmission(
            SessionName name,
            HandshakeMode handshake,
            CommandSettings settings,
            PendingCommands pending,
            DescriptorTransport descriptors,
            Supplier<SessionState> state,
            Supplier<@Nullable Set<String>> capabilities,
            SessionReport report) {
        this.name = name;
        this.handshake = handshake;
        this.settings = settings;
        this.pending = pending;
        this.descriptors = descriptors;
        this.state = state;
        this.capabilities = capabilities;
        this.report = report;
        this.ids = CommandIds.of(handshake);
    }

    /** Has commands accepted by a session that is being disconnected and waits for them. */
    public static Context whileDisconnecting(Context context) {
        return context.put(WHILE_DISCONNECTING, true);
    }

    /** The report of a command, before anything can refuse it; null if it is not observed. */
    @Nullable
    CommandReport report(Request request, CoreSubscriber<?> actual) {
        return report.isObserved()
                ? report.command(name.get(), request.name(), request.oob(), actual.currentContext())
                : null;
    }

    /** Numbers and encodes a command; refuses what cannot be sent. */
    <T> CommandCall<T> admit(
            Request request,
            @Nullable PassedFd fd,
            Function<ObjectNode, T> reader,
            Runnable onWritten,
            @Nullable CommandReport observed,
            CoreSubscriber<? super T> actual) {
        SessionState now = state.get();
        boolean isLast =
                now == SessionState.DISCONNECTING && actual.currentContext().hasKey(WHILE_DISCONNECTING);
        if (now != SessionState.RUNNING && !isLast) {
            throw new StateError(
                    name.prefix() + request.name() + " needs a session that is RUNNING, but this one is " + now,
                    now,
                    SessionState.RUNNING);
        }
        if (request.oob()
                && handshake == HandshakeMode.FULL
                && !Objects.requireNonNullElse(capabilities.get(), Set.of()).contains("oob")) {
            throw new EncodeError(
                    name.prefix() + "The command " + request.name()
                            + " cannot be sent out of band: the capability oob is not enabled",
                    null);
        }
        if (!pending.limits().tryAccept(request)) {
            throw queueFull(request, Limit.MAX_QUEUED, settings.maxQueued() + " commands wait already (maxQueued)");
        }
        try {
            String id = request.numbered() ? ids.next() : null;
            byte[] bytes = fd != null && fd.alone() ? PassedFd.NO_COMMAND : request.encode(name.prefix(), id);
            Object key = id != null ? id : request.ownKey() != null ? request.ownKey() : PendingCommands.NO_ID;
            Descriptor descriptor = accept(request, bytes, fd);
            return new CommandCall<>(pending, request, key, bytes, descriptor, reader, onWritten, observed, actual);
        } catch (RuntimeException | Error e) {
            pending.limits().release(request);
            throw e;
        }
    }

    /** Takes room for the bytes of a command, and the descriptor that it brings. */
    private @Nullable Descriptor accept(Request request, byte[] bytes, @Nullable PassedFd fd) {
        if (!pending.limits().tryAcceptBytes(request, bytes.length)) {
            throw queueFull(
                    request,
                    Limit.MAX_QUEUED_BYTES,
                    "with its " + bytes.length + " bytes the commands that wait or are unanswered would have more than "
                            + settings.maxQueuedBytes() + " bytes (maxQueuedBytes)");
        }
        try {
            return fd == null ? null : descriptors.take(fd.source());
        } catch (RuntimeException | Error e) {
            pending.limits().releaseBytes(bytes.length);
            throw e;
        }
    }

    /** Sends a command that was admitted, unless its subscriber has cancelled meanwhile. */
    void start(CommandCall<?> call) {
        TimeLimit limit = settings.limit(call.request());
        if (limit != null && capabilities.get() != null) {
            call.startTimer(limit);
        }
        pending.loop().execute(call);
    }

    /** The stack of the caller is too small for the depth of a command. */
    EncodeError tooDeep(Request request, StackOverflowError cause) {
        return new EncodeError(
                name.prefix() + "The command " + request.name() + " cannot be sent: it is nested too deeply", cause);
    }

    private CommandQueueFullError queueFull(Request request, Limit limit, String why) {
        return new CommandQueueFullError(
                name.prefix() + request.name() + " was not sent: " + why,
                limit,
                settings.maxQueued(),
                settings.maxQueuedBytes());
    }
}
