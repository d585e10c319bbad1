package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.internal.observation.CommandReport;
import io.github.qmpreactive.internal.transport.Descriptor;
import io.github.qmpreactive.message.ErrorResponse;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One subscription to a command, from the queue to its end. Whatever ends it (the reply, a cancel, the timeout, the
 * end of the session), it ends once; its place on the wire is kept by {@link PendingCommands} until the answer comes.
 */
final class CommandCall<T> extends SingleSubscription<T> implements Runnable {

    private final PendingCommands pending;
    private final Request request;
    private final Object key;
    private final byte[] bytes;
    private final @Nullable Descriptor descriptor;
    private final Function<ObjectNode, T> reader;
    private final Runnable onWritten;
    private final @Nullable CommandReport report;
    private int shutdownMark;
    private volatile boolean written;
    private long writtenAt;
    private volatile @Nullable Disposable timer;

    CommandCall(
            PendingCommands pending,
            Request request,
            Object key,
            byte[] bytes,
            @Nullable Descriptor descriptor,
            Function<ObjectNode, T> reader,
            Runnable onWritten,
            @Nullable CommandReport report,
            CoreSubscriber<? super T> actual) {
        super(pending.loop(), actual);
        this.pending = pending;
        this.request = request;
        this.key = key;
        this.bytes = bytes;
        this.descriptor = descriptor;
        this.reader = reader;
        this.onWritten = onWritten;
        this.report = report;
    }

    /** Submits it, on the event loop. */
    @Override
    public void run() {
        pending.submit(this);
    }

    Request request() {
        return request;
    }

    Object key() {
        return key;
    }

    byte[] bytes() {
        return bytes;
    }

    /** What has to be sent just before it; open until the call is over on the wire. */
    @Nullable
    Descriptor descriptor() {
        return descriptor;
    }

    void shutdownMark(int mark) {
        shutdownMark = mark;
    }

    /** Of the {@link ShutdownWatch}, when it was written; 0 if it proves nothing. */
    int shutdownMark() {
        return shutdownMark;
    }

    void markWritten() {
        assert pending.loop().isCurrent();
        written = true;
        writtenAt = System.nanoTime();
        if (report != null) {
            report.written();
        }
        onWritten.run();
    }

    /** Its name and how long its answer has been awaited, for errors; null if it is not written yet. */
    @Nullable
    String whenWritten() {
        if (!written) {
            return null;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - writtenAt);
        return request.name() + ", written " + millis + " ms ago" + (isDone() ? " and given up since" : "");
    }

    void startTimer(TimeLimit limit) {
        timer = pending.loop().schedule(limit.duration(), () -> timedOut(limit));
        if (isDone()) {
            stopTimer();
        }
    }

    /** The answer came. Returns false if its subscriber has gone. */
    boolean answer(ObjectNode reply) {
        T result;
        try {
            result = reader.apply(reply);
        } catch (QmpError e) {
            return end(fail(e));
        } catch (Throwable e) {
            boolean delivered = end(fail(worded(reply, e)));
            if (e instanceof VirtualMachineError fatal && !(e instanceof StackOverflowError)) {
                throw fatal;
            }
            return delivered;
        }
        if (report != null && result == reply) {
            reportRaw(report, reply);
        }
        return end(succeed(result));
    }

    /** The whole reply is the result, whatever it says. */
    private static void reportRaw(CommandReport report, ObjectNode reply) {
        ErrorResponse error = ReplyReader.errorResponse(reply.path("error"));
        if (error != null) {
            report.rawError(error.errorClass());
        }
    }

    /** The stack may be too small for what was sent, too. */
    private Throwable worded(ObjectNode reply, Throwable cause) {
        try {
            return unreadable(reply, cause);
        } catch (StackOverflowError e) {
            ObjectNode name = JsonNodeFactory.instance.objectNode().put("execute", request.name());
            return new BadReplyError(
                    pending.prefix() + "The reply to " + request.name() + " could not be read: " + cause.getClass(),
                    name,
                    reply,
                    cause);
        } catch (VirtualMachineError e) {
            // No memory for words: the command has to end all the same.
            return cause;
        }
    }

    private BadReplyError unreadable(ObjectNode reply, Throwable cause) {
        return new BadReplyError(
                pending.prefix() + "The reply to " + request.name() + " could not be read: "
                        + WireText.ofWords(cause.toString()),
                Secrets.withoutSecrets(request.message()),
                reply,
                cause);
    }

    /** The session ended first. */
    void interrupt(QmpError cause) {
        String how = written ? "interrupted; whether it ran is unknown" : "never sent";
        end(fail(new ExecInterruptedError(
                pending.prefix() + request.name() + " was " + how + ": " + cause.getMessage(),
                request.name(),
                written,
                cause)));
    }

    /** It has left the wire, or will never be on it, whether or not its subscriber still waits. */
    void over() {
        if (descriptor != null) {
            descriptor.close();
        }
        if (report != null) {
            if (isCancelled()) {
                report.cancelled(written);
            }
            report.released();
        }
    }

    void refuse(QmpError error) {
        end(fail(error));
    }

    /** A reply came that cannot be used. Returns false if its subscriber has gone. */
    boolean answer(QmpError error) {
        return end(fail(error));
    }

    private void timedOut(TimeLimit limit) {
        boolean inTime = fail(new ExecTimeoutError(
                pending.prefix() + request.name() + " was not answered within " + limit
                        + (written ? request.afterTimeout() : "; it was never sent" + pending.holdUp(this)),
                request.name(),
                written,
                limit.duration()));
        if (inTime) {
            pending.abandon(this);
        }
    }

    @Override
    void onSuccess() {
        if (report != null) {
            report.succeeded();
        }
    }

    @Override
    void onFailure(Throwable error) {
        if (report != null) {
            report.failed(written, error);
        }
    }

    @Override
    void onCancel() {
        stopTimer();
        pending.loop().execute(() -> {
            if (report != null) {
                report.cancelled(written);
            }
            pending.abandon(this);
        });
    }

    private boolean end(boolean delivered) {
        stopTimer();
        return delivered;
    }

    private void stopTimer() {
        Disposable running = timer;
        if (running != null) {
            running.dispose();
        }
    }
}
