package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.message.SessionState;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** What supervision needs of a session, with a monitor or with an agent. */
interface SessionKind<S> {

    SessionKind<QmpSession> MONITOR = new SessionKind<>() {
        @Override
        public String name(QmpSession session) {
            return session.name();
        }

        @Override
        public Optional<QemuVersion> version(QmpSession session) {
            return session.greeting().map(Greeting::version);
        }

        @Override
        public boolean isRunning(QmpSession session) {
            return session.isRunning();
        }

        @Override
        public Mono<Void> disconnect(QmpSession session) {
            return session.disconnect();
        }

        @Override
        public Mono<Void> onDisconnect(QmpSession session) {
            return session.onDisconnect();
        }
    };

    SessionKind<QgaSession> AGENT = new SessionKind<>() {
        @Override
        public String name(QgaSession session) {
            return session.name();
        }

        @Override
        public Optional<QemuVersion> version(QgaSession session) {
            return Optional.empty();
        }

        @Override
        public boolean isRunning(QgaSession session) {
            return session.state() == SessionState.RUNNING;
        }

        @Override
        public Mono<Void> disconnect(QgaSession session) {
            return session.disconnect();
        }

        @Override
        public Mono<Void> onDisconnect(QgaSession session) {
            return session.onDisconnect();
        }
    };

    String name(S session);

    Optional<QemuVersion> version(S session);

    boolean isRunning(S session);

    Mono<Void> disconnect(S session);

    Mono<Void> onDisconnect(S session);
}
