package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.BadReplyError;
import io.github.qmpreactive.error.ConnectError;
import io.github.qmpreactive.error.ConnectError.Reason;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ExecInterruptedError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MessageTooLargeError;
import io.github.qmpreactive.error.NegotiationError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.internal.outbound.TlsRecordWorkaround;
import io.github.qmpreactive.internal.transport.OnEventLoop;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.OobMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/** Greeting, then negotiation: turns a connection into a session. */
public final class Handshake {

    private static final String OOB = "oob";

    private final SessionSettings settings;
    private final Session session;
    private final Opening opening;
    private final boolean tls;
    private volatile boolean greeted;

    private Handshake(Session session, SessionSettings settings, boolean tls) {
        this.tls = tls;
        this.settings = settings;
        this.session = session;
        this.opening = session.opening();
    }

    /**
     * Opens a session on a connection, on its event loop.
     *
     * @param connection an open connection that has not been read from
     * @param settings what to open it with
     * @return the session; or fails with an error of the handshake, and then, as on a cancel, the connection is closed
     */
    public static Mono<NegotiatedSession> open(Connection connection, SessionSettings settings) {
        return OnEventLoop.run(settings.name(), connection, () -> {
            Session session = Session.start(connection, settings);
            return new Handshake(session, settings, TlsRecordWorkaround.isTls(connection.channel())).run();
        });
    }

    private Mono<NegotiatedSession> run() {
        // A timer, and not the operator: the operator drops a value that comes too late onto Reactor's hooks.
        Disposable timer = opening.giveUpAfter(settings.handshakeTimeout(), this::timedOut);
        return begin().onErrorMap(ConnectionLostError.class, this::closed)
                .onErrorResume(QmpError.class, opening::abort)
                // No timer of the handshake is left when the session is emitted.
                .doOnNext(session -> timer.dispose())
                // Runs behind the cancelling of what is upstream, so that no subscriber sees the end as an error.
                .doFinally(signal -> {
                    timer.dispose();
                    opening.giveUp(this::cancelled);
                });
    }

    private Mono<NegotiatedSession> begin() {
        return switch (settings.handshake()) {
            case FULL -> greeting().flatMap(this::negotiate);
            case GREETING_ONLY -> greeting().flatMap(greeting -> ready(greeting, Set.of()));
            case NONE -> ready(null, Set.of());
        };
    }

    private Mono<Greeting> greeting() {
        return session.greeting().doOnNext(greeting -> greeted = true);
    }

    private Mono<NegotiatedSession> ready(@Nullable Greeting greeting, Set<String> enabled) {
        return opening.unlessEnded(() -> {
            opening.ready(enabled);
            return Mono.just(new NegotiatedSession(session, greeting, enabled));
        });
    }

    private Mono<NegotiatedSession> negotiate(Greeting greeting) {
        boolean enableOob = settings.oob() != OobMode.OFF && greeting.offers(OOB);
        if (settings.oob() == OobMode.REQUIRE && !enableOob) {
            return Mono.error(new NegotiationError(
                    prefix() + "The server does not offer the capability oob, which is required (OobMode.REQUIRE); QEMU"
                            + " offers it since 2.12, on sockets and pipes, but not on a chardev that is shared (mux=on)",
                    greeting.raw(),
                    null,
                    null));
        }
        // QEMU before 2.12 rejects an enable that is empty.
        QmpCommand command = QmpCommand.of("qmp_capabilities");
        QmpCommand negotiation = enableOob ? command.arguments(Map.of("enable", List.of(OOB))) : command;
        return opening.unlessEnded(() -> session.execute(negotiation))
                .onErrorMap(QmpError.class, this::negotiationError)
                .flatMap(reply -> ready(greeting, enableOob ? Set.of(OOB) : Set.of()));
    }

    private QmpError negotiationError(QmpError error) {
        QmpError cause =
                error instanceof ExecInterruptedError && error.getCause() instanceof QmpError end ? end : error;
        if (cause instanceof ExecuteError refused) {
            return new NegotiationError(
                    prefix() + "The server refused to negotiate: " + WireText.ofName(refused.errorClass()) + ": "
                            + WireText.ofWords(refused.description())
                            + (refused.errorClass().equals("CommandNotFound")
                                    ? "; was this connection negotiated on before?"
                                    : ""),
                    refused.received(),
                    refused.response(),
                    refused);
        }
        if (cause instanceof BadReplyError bad) {
            return new NegotiationError(bad.getMessage() + "", bad.received(), null, bad);
        }
        return cause instanceof MessageTooLargeError tooLarge
                ? new MessageTooLargeError(tooLarge.getMessage() + "", tooLarge.limit(), true)
                : cause;
    }

    private ConnectError timedOut() {
        String after = " within " + settings.handshakeTimeout().toMillis() + " ms (handshakeTimeout)";
        return greeted
                ? new ConnectError(
                        Reason.NO_NEGOTIATION_REPLY,
                        prefix() + "The server did not answer qmp_capabilities" + after + dropped(),
                        null)
                : new ConnectError(
                        Reason.NO_GREETING,
                        prefix() + "The server sent no greeting" + after + "; "
                                + settings.origin().guess(),
                        null);
    }

    /** What may have been the answer after all. */
    private String dropped() {
        String words = session.droppedError();
        return words == null ? "" : "; it sent an error without an id, which was dropped: " + words;
    }

    private ConnectError closed(ConnectionLostError lost) {
        // What the server thinks of the client's certificate may show only now.
        boolean alert = tls && lost.getCause() instanceof SSLException;
        String when = greeted ? ", during the negotiation" : ", before its greeting";
        String hint = tls && !greeted ? "; does it want a certificate of the client, or another one?" : "";
        return new ConnectError(alert ? Reason.TLS : Reason.CLOSED, lost.getMessage() + when + hint, lost);
    }

    private ConnectError cancelled() {
        return new ConnectError(Reason.OTHER, prefix() + "The handshake was cancelled", null);
    }

    private String prefix() {
        return "[" + settings.name() + "] ";
    }
}
