package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.codec.MessageId;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.internal.outbound.DescriptorWriter;
import io.github.qmpreactive.internal.outbound.OutboundWriter;
import io.github.qmpreactive.internal.transport.Descriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The commands that are queued or in flight: the one place where a reply is matched to its command. Commands in band
 * pass through a window; those out of band bypass it. A command that was written keeps its id and its place in the
 * window until its answer comes, whether or not its subscriber still waits.
 *
 * <p>QEMU keeps only the last descriptor that it got. With out-of-band commands enabled, it reads ahead in another thread than
 * the one that takes the descriptor, without a lock: QEMU 5.2 has aborted over a command that it read just then. So nothing
 * in band is sent until a command that brings a descriptor is answered. Out of band goes on: QEMU may be stuck.
 */
public final class PendingCommands {

    /** What became of a reply. */
    public enum Match {
        DELIVERED,
        /** Its command was cancelled or timed out. */
        LATE,
        UNKNOWN
    }

    /** The key of a message without an id. */
    static final Object NO_ID = new Object();

    private static final ObjectNode NO_REPLY = JsonNodeFactory.instance.objectNode();

    private final SessionLoop loop;
    private final OutboundWriter writer;
    private final DescriptorWriter descriptors;
    private final WireLog wire;
    private final SessionName session;
    private final int maxInFlight;
    private final QueueLimits limits;
    /** In the order in which they were written. */
    private final Map<Object, CommandCall<?>> inFlight = new LinkedHashMap<>();

    private final Set<CommandCall<?>> queued = new LinkedHashSet<>();

    /** Those out of band that came while a descriptor waited for the outbound buffer to drain. */
    private final Set<CommandCall<?>> queuedOob = new LinkedHashSet<>();

    private @Nullable CommandCall<?> withDescriptor;
    private final Set<Object> usersKeys = new HashSet<>();
    private SyncGate gate = SyncGate.ALWAYS;
    private ShutdownWatch shutdown = new ShutdownWatch();
    private int inFlightInBand;
    private boolean closing;
    private @Nullable QmpError ended;

    public PendingCommands(
            SessionLoop loop,
            OutboundWriter writer,
            DescriptorWriter descriptors,
            WireLog wire,
            SessionName session,
            CommandSettings settings) {
        this.loop = loop;
        this.writer = writer;
        this.descriptors = descriptors;
        this.wire = wire;
        this.session = session;
        this.maxInFlight = settings.maxInFlight();
        this.limits = new QueueLimits(settings);
    }

    /** Sets the gate that decides when a command may be written. Called before anything is read. */
    public void use(SyncGate keeper) {
        gate = keeper;
    }

    /** Sets the watch that is notified of answered commands. Called before anything is read. */
    public void use(ShutdownWatch watch) {
        shutdown = watch;
    }

    SessionLoop loop() {
        return loop;
    }

    /** What the messages of errors begin with. */
    String prefix() {
        return session.prefix();
    }

    /** What may be queued, and what is. */
    QueueLimits limits() {
        return limits;
    }

    /** Writes a command, or queues it, or ends it if that cannot be. */
    void submit(CommandCall<?> call) {
        assert loop.isCurrent();
        Request request = call.request();
        if (ended != null) {
            discard(call);
            call.interrupt(ended);
        } else if (call.isDone()) {
            discard(call);
        } else if (!request.numbered() && !usersKeys.add(call.key())) {
            discard(call);
            call.refuse(keyTaken(request, call.key()));
        } else if (request.oob() && writer.isHeld()) {
            queuedOob.add(call);
        } else if (request.oob() || requestTurn()) {
            write(call);
        } else {
            queued.add(call);
        }
    }

    /** The command that a reply is for; null if there is none. */
    @Nullable
    public Request commandOf(Inbound.Reply reply) {
        CommandCall<?> call = callOf(reply.id());
        return call == null ? null : call.request();
    }

    private @Nullable CommandCall<?> callOf(@Nullable JsonNode id) {
        assert loop.isCurrent();
        Object key = id == null ? NO_ID : MessageId.keyOf(id);
        return key == null ? null : inFlight.get(key);
    }

    /** Takes a reply that cannot be used to its command. */
    public Match answer(Inbound.Unusable reply) {
        CommandCall<?> call = landed(reply.id());
        if (call == null) {
            return Match.UNKNOWN;
        }
        return call.answer(ReplyReader.unusable(session.prefix(), call.request(), reply))
                ? Match.DELIVERED
                : Match.LATE;
    }

    /** Takes a reply to its command. */
    public Match answer(Inbound.Reply reply) {
        CommandCall<?> call = landed(reply.id());
        if (call == null) {
            return Match.UNKNOWN;
        }
        return call.answer(reply.raw()) ? Match.DELIVERED : Match.LATE;
    }

    /** The command that is answered; it has left its place to the next one. */
    private @Nullable CommandCall<?> landed(@Nullable JsonNode id) {
        CommandCall<?> call = callOf(id);
        if (call != null) {
            shutdown.answered(call.shutdownMark());
            land(call);
            writeQueued();
        }
        return call;
    }

    /** What is in flight has succeeded, and is not going to be answered. */
    public void settle(ObjectNode reply) {
        assert loop.isCurrent();
        List<CommandCall<?>> calls = new ArrayList<>(inFlight.values());
        calls.forEach(this::land);
        writeQueued();
        calls.forEach(call -> call.answer(reply));
    }

    /** A command was given up: it leaves the queue; what is in flight stays known, unless its reply is skipped. */
    void abandon(CommandCall<?> call) {
        assert loop.isCurrent();
        if (queued.remove(call) || queuedOob.remove(call)) {
            forget(call);
        } else if (inFlight.get(call.key()) == call
                && gate.abandon(call.request().name())) {
            land(call);
        }
    }

    /** Why a command is not written yet; a clause that follows others. */
    String holdUp(CommandCall<?> call) {
        assert loop.isCurrent();
        if (writer.isHeld()) {
            return "; the server does not read what was written before";
        }
        if (withDescriptor != null) {
            return "; a command with a descriptor is unanswered: " + withDescriptor.whenWritten();
        }
        if (inFlightInBand < maxInFlight) {
            return gate.holdUp();
        }
        String setting = maxInFlight > 1 ? " (maxInFlight)" : "";
        return inFlight.values().stream()
                .filter(other -> !other.request().oob())
                .map(CommandCall::whenWritten)
                .filter(Objects::nonNull)
                .findFirst()
                .map(oldest ->
                        "; " + inFlightInBand + " in flight are unanswered" + setting + ", the oldest is " + oldest)
                .orElse("");
    }

    /** Refuses what waits to be written, each command with an error of its own. */
    public void refuseQueued(Function<String, QmpError> reason) {
        assert loop.isCurrent();
        List<CommandCall<?>> calls = new ArrayList<>(queued);
        queued.clear();
        calls.forEach(this::forget);
        calls.forEach(call -> call.refuse(reason.apply(call.request().name())));
    }

    /** Writes none of those any more that wait for a place in the window; the end is near, and fails them. */
    public void close() {
        assert loop.isCurrent();
        closing = true;
    }

    /** Fails everything, each command with an error of its own; what comes later fails at once. */
    public void interruptAll(QmpError cause) {
        assert loop.isCurrent();
        ended = cause;
        List<CommandCall<?>> calls = new ArrayList<>(inFlight.values());
        calls.addAll(queuedOob);
        calls.addAll(queued);
        inFlight.clear();
        queuedOob.clear();
        queued.clear();
        usersKeys.clear();
        calls.forEach(CommandCall::over);
        calls.forEach(call -> call.interrupt(cause));
    }

    private void write(CommandCall<?> call) {
        if (!call.request().oob()) {
            inFlightInBand++;
            // Out of band, QEMU's I/O thread answers even while QEMU ends.
            call.shutdownMark(shutdown.mark());
        }
        inFlight.put(call.key(), call);
        Descriptor descriptor = call.descriptor();
        if (descriptor == null) {
            wire.sent(call);
            writer.write(call.bytes());
            call.markWritten();
        } else {
            withDescriptor = call;
            descriptors.write(descriptor, call.bytes(), new Passing(call));
        }
    }

    /** What becomes of a call with a descriptor; of nothing else, commands that come meanwhile wait behind it. */
    private final class Passing implements DescriptorWriter.Passing {

        private final CommandCall<?> call;

        Passing(CommandCall<?> call) {
            this.call = call;
        }

        @Override
        public boolean isWanted() {
            return !call.isDone();
        }

        @Override
        public void onSent() {
            boolean answered = call.bytes().length > 0;
            if (answered) {
                wire.sent(call);
            }
            call.markWritten();
            // Without a command there is no answer to wait for.
            boolean over = !answered && takeOff();
            writeHeld();
            if (over) {
                call.answer(NO_REPLY);
            }
        }

        @Override
        public void onNotSent(@Nullable DescriptorPassingError error) {
            boolean over = takeOff();
            writeHeld();
            if (over && error != null) {
                call.refuse(error);
            }
        }

        private boolean takeOff() {
            if (inFlight.get(call.key()) != call) {
                return false;
            }
            land(call);
            return true;
        }
    }

    /** Writes what came while a descriptor waited. */
    private void writeHeld() {
        CommandCall<?> next = closing ? null : poll(queuedOob);
        while (next != null) {
            if (next.isDone()) {
                forget(next);
            } else {
                write(next);
            }
            next = poll(queuedOob);
        }
        writeQueued();
    }

    /** Requests to write a command in band now. */
    private boolean requestTurn() {
        return !closing
                && withDescriptor == null
                && !writer.isHeld()
                && inFlightInBand < maxInFlight
                && gate.requestWrite();
    }

    /** Writes what waits, as far as it may be written. */
    public void writeQueued() {
        assert loop.isCurrent();
        while (requestTurn()) {
            CommandCall<?> next = poll(queued);
            if (next == null) {
                return;
            }
            if (next.isDone()) {
                // Cancelled just now, and abandon() is on its way: never sent.
                forget(next);
            } else {
                write(next);
            }
        }
    }

    private static @Nullable CommandCall<?> poll(Set<CommandCall<?>> queue) {
        var first = queue.iterator();
        if (!first.hasNext()) {
            return null;
        }
        CommandCall<?> call = first.next();
        first.remove();
        return call;
    }

    /** A call is no longer in flight. */
    private void land(CommandCall<?> call) {
        inFlight.remove(call.key());
        if (!call.request().oob()) {
            inFlightInBand--;
        }
        if (call == withDescriptor) {
            withDescriptor = null;
        }
        forget(call);
    }

    private void forget(CommandCall<?> call) {
        if (!call.request().numbered()) {
            usersKeys.remove(call.key());
        }
        discard(call);
    }

    private void discard(CommandCall<?> call) {
        limits.release(call.request());
        limits.releaseBytes(call.bytes().length);
        call.over();
    }

    private EncodeError keyTaken(Request request, Object key) {
        String why = key == NO_ID
                ? "another message without an id waits for its reply"
                : "its id is in use by a message that was not answered yet";
        return new EncodeError(session.prefix() + "The command " + request.name() + " cannot be sent: " + why, null);
    }
}
