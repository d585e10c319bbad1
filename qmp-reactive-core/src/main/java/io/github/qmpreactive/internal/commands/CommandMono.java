package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.observation.CommandReport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cold command: each subscription is numbered and sent anew. What refuses it (the state of the session, a full queue,
 * arguments that cannot be sent) does so on the subscriber's thread.
 */
final class CommandMono<T> extends Mono<T> {

    private final CommandExecutor executor;
    private final Request request;
    private final @Nullable PassedFd fd;
    private final Function<ObjectNode, T> reader;
    private final Runnable onWritten;

    CommandMono(
            CommandExecutor executor,
            Request request,
            @Nullable PassedFd fd,
            Function<ObjectNode, T> reader,
            Runnable onWritten) {
        this.executor = executor;
        this.request = request;
        this.fd = fd;
        this.reader = reader;
        this.onWritten = onWritten;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        CommandAdmission admission = executor.admission();
        CommandCall<T> call;
        CoreSubscriber<T> guarded = executor.guard(actual);
        CommandReport report = admission.report(request, actual);
        try {
            call = admission.admit(request, fd, reader, onWritten, report, guarded);
        } catch (QmpError refusal) {
            refused(report, refusal);
            Operators.error(guarded, refusal);
            return;
        } catch (StackOverflowError e) {
            QmpError refusal = admission.tooDeep(request, e);
            refused(report, refusal);
            Operators.error(actual, refusal);
            return;
        } catch (RuntimeException | Error e) {
            refused(report, e);
            throw e;
        }
        try {
            guarded.onSubscribe(call);
        } finally {
            admission.start(call);
        }
    }

    private static void refused(@Nullable CommandReport report, Throwable refusal) {
        if (report != null) {
            report.refused(refusal);
        }
    }
}
