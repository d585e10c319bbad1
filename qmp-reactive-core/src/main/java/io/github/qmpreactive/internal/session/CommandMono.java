package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.QmpError;
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

    private final Session session;
    private final Request request;
    private final @Nullable PassedFd fd;
    private final Function<ObjectNode, T> reader;
    private final Runnable onWritten;

    CommandMono(Session session, Request request, Function<ObjectNode, T> reader, Runnable onWritten) {
        this(session, request, null, reader, onWritten);
    }

    CommandMono(
            Session session,
            Request request,
            @Nullable PassedFd fd,
            Function<ObjectNode, T> reader,
            Runnable onWritten) {
        this.session = session;
        this.request = request;
        this.fd = fd;
        this.reader = reader;
        this.onWritten = onWritten;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        CommandCall<T> call;
        CoreSubscriber<T> guarded = session.guard("a command", actual);
        try {
            call = session.admit(request, fd, reader, onWritten, guarded);
        } catch (QmpError refusal) {
            Operators.error(guarded, refusal);
            return;
        } catch (StackOverflowError e) {
            Operators.error(actual, session.tooDeep(request, e));
            return;
        }
        guarded.onSubscribe(call);
        session.start(call);
    }
}
