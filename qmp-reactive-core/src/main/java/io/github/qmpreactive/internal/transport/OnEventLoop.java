package io.github.qmpreactive.internal.transport;

import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Runs a step of opening a session on the event loop of its connection, which may be gone by then. */
public final class OnEventLoop {

    private OnEventLoop() {}

    /**
     * Runs a step on the event loop: at once if this is it.
     *
     * @param session the name of the session, for errors
     * @param connection the connection
     * @param step what to run
     * @param <T> what it emits
     * @return emits what the step emits; fails as the step does, with what that throws, errors of the JVM included, and with
     *     {@link ConnectError} if the connection was closed before, or its event loop shut down
     */
    public static <T> Mono<T> run(String session, Connection connection, Supplier<Mono<T>> step) {
        Mono<T> deferred = Mono.defer(() -> begun(step));
        return Mono.defer(() -> {
                    EventLoop loop = connection.channel().eventLoop();
                    return loop.inEventLoop() ? deferred : reach(loop).then(deferred);
                })
                .onErrorMap(RejectedExecutionException.class, e -> tooLate(session, "its event loop is shut down", e))
                // A channel that was closed has no event loop any more.
                .onErrorMap(IllegalStateException.class, e -> tooLate(session, "it was closed before", e));
    }

    /** Reactor would throw an error of the JVM on, to the event loop, and its subscriber would wait for ever. */
    private static <T> Mono<T> begun(Supplier<Mono<T>> step) {
        try {
            return step.get();
        } catch (Throwable e) {
            return Mono.error(e);
        }
    }

    /** Completes on the event loop. Not a scheduler of Reactor's: it would hear nothing from a loop that forgets a task. */
    private static Mono<Void> reach(EventLoop loop) {
        return Mono.create(sink -> {
            sink.onDispose(LoopEnd.watch(loop, () -> sink.error(LoopEnd.error())));
            try {
                loop.execute(sink::success);
            } catch (RejectedExecutionException e) {
                sink.error(e);
            }
        });
    }

    private static ConnectError tooLate(String session, String why, RuntimeException cause) {
        return new ConnectError(Reason.CLOSED, "[" + session + "] The connection cannot be used: " + why, cause);
    }
}
