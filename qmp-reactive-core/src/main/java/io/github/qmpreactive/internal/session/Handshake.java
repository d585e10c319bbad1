package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.OobMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/** Greeting, then negotiation: turns a connection into a session. */
public final class Handshake {

    private static final String OOB = "oob";

    private final SessionSettings settings;
    private final Session session;
    private volatile boolean greeted;

    private Handshake(Session session, SessionSettings settings) {
        this.settings = settings;
        this.session = session;
    }

    /**
     * Opens a session on a connection.
     *
     * @param connection an open connection that nobody has read from
     * @param settings what to open it with
     * @return the session; or fails with an error of the handshake, and then, as on a cancel, the connection is closed
     */
    public static Mono<NegotiatedSession> open(Connection connection, SessionSettings settings) {
        return Mono.defer(() -> {
            Session session = Session.start(connection, settings);
            return new Handshake(session, settings).run();
        });
    }

    private Mono<NegotiatedSession> run() {
        // A timer, and not the operator: that one drops a value that comes too late onto Reactor's hooks.
        Disposable timer = Schedulers.parallel()
                .schedule(
                        () -> session.giveUp(timedOut()),
                        settings.handshakeTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
        return session.greeting()
                .doOnNext(greeting -> greeted = true)
                .flatMap(this::negotiate)
                .onErrorMap(ConnectionLostError.class, this::closed)
                .onErrorResume(QmpError.class, session::abort)
                // Runs behind the cancelling of what is upstream, so that the end is no error to anybody.
                .doFinally(signal -> {
                    timer.dispose();
                    session.giveUp(cancelled());
                });
    }

    private Mono<NegotiatedSession> negotiate(Greeting greeting) {
        boolean enableOob = settings.oob() != OobMode.OFF && greeting.offers(OOB);
        if (settings.oob() == OobMode.REQUIRE && !enableOob) {
            return Mono.error(new NegotiationError(
                    prefix() + "The server does not offer the capability oob, which is required (OobMode.REQUIRE)",
                    greeting.raw(),
                    null,
                    null));
        }
        // QEMU before 2.12 rejects an enable that is empty.
        QmpCommand command = QmpCommand.of("qmp_capabilities");
        QmpCommand negotiation = enableOob ? command.arguments(Map.of("enable", List.of(OOB))) : command;
        return session.execute(negotiation)
                .onErrorMap(QmpError.class, this::negotiationError)
                .map(reply -> {
                    Set<String> enabled = enableOob ? Set.of(OOB) : Set.of();
                    session.negotiated(enabled);
                    return new NegotiatedSession(session, greeting, enabled);
                });
    }

    private QmpError negotiationError(QmpError error) {
        QmpError cause =
                error instanceof ExecInterruptedError && error.getCause() instanceof QmpError end ? end : error;
        if (cause instanceof ExecuteError refused) {
            return new NegotiationError(
                    prefix() + "The server refused to negotiate: " + refused.errorClass() + ": "
                            + refused.description(),
                    refused.received(),
                    refused.response(),
                    refused);
        }
        if (cause instanceof ServerParseError unparsed) {
            return new NegotiationError(
                    prefix() + "The server could not parse qmp_capabilities: " + unparsed.getMessage(),
                    unparsed.received(),
                    unparsed.response(),
                    unparsed);
        }
        if (cause instanceof BadReplyError bad) {
            return new NegotiationError(bad.getMessage() + "", bad.received(), null, bad);
        }
        return cause;
    }

    private ConnectError timedOut() {
        String after = " within " + settings.handshakeTimeout().toMillis() + " ms (handshakeTimeout)";
        return greeted
                ? new ConnectError(
                        Reason.NO_NEGOTIATION_REPLY,
                        prefix() + "The server did not answer qmp_capabilities" + after,
                        null)
                : new ConnectError(
                        Reason.NO_GREETING,
                        prefix() + "The server sent no greeting" + after
                                + "; is another client already connected? A monitor serves one at a time",
                        null);
    }

    private ConnectError closed(ConnectionLostError lost) {
        return new ConnectError(
                Reason.CLOSED,
                lost.getMessage() + (greeted ? ", during the negotiation" : ", before its greeting"),
                lost);
    }

    private ConnectError cancelled() {
        return new ConnectError(Reason.OTHER, prefix() + "The handshake was cancelled", null);
    }

    private String prefix() {
        return "[" + settings.name() + "] ";
    }
}
