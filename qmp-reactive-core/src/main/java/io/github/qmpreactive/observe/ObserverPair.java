package io.github.qmpreactive.observe;

import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.log.CallbackGuard;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** Two observers, each of which is called whatever the other one throws. */
final class ObserverPair implements QmpObserver {

    private final QmpObserver first;
    private final QmpObserver second;
    private final CallbackGuard firstGuard;
    private final CallbackGuard secondGuard;

    ObserverPair(QmpObserver first, QmpObserver second) {
        this.first = first;
        this.second = second;
        this.firstGuard = new CallbackGuard(first);
        this.secondGuard = new CallbackGuard(second);
    }

    @Override
    public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
        return new SessionPair(
                firstGuard.get("sessionOpening", () -> first.sessionOpening(session, context), SessionObservation.NONE),
                secondGuard.get(
                        "sessionOpening", () -> second.sessionOpening(session, context), SessionObservation.NONE));
    }

    private final class SessionPair implements SessionObservation {

        private final SessionObservation one;
        private final SessionObservation other;

        SessionPair(SessionObservation one, SessionObservation other) {
            this.one = one;
            this.other = other;
        }

        private void both(String method, Consumer<SessionObservation> call) {
            firstGuard.run(method, () -> call.accept(one));
            secondGuard.run(method, () -> call.accept(other));
        }

        @Override
        public void connected() {
            both("connected", SessionObservation::connected);
        }

        @Override
        public void ready() {
            both("ready", SessionObservation::ready);
        }

        @Override
        public void notOpened(@Nullable Throwable cause) {
            both("notOpened", session -> session.notOpened(cause));
        }

        @Override
        public void ended(@Nullable QmpError cause) {
            both("ended", session -> session.ended(cause));
        }

        @Override
        public CommandObservation commandStarted(ObservedCommand command, ContextView context) {
            return new CommandPair(
                    firstGuard.get(
                            "commandStarted", () -> one.commandStarted(command, context), CommandObservation.NONE),
                    secondGuard.get(
                            "commandStarted", () -> other.commandStarted(command, context), CommandObservation.NONE));
        }

        @Override
        public void eventsBuffered(int change) {
            both("eventsBuffered", session -> session.eventsBuffered(change));
        }

        @Override
        public void eventDropped(String event, EventDrop why) {
            both("eventDropped", session -> session.eventDropped(event, why));
        }
    }

    private final class CommandPair implements CommandObservation {

        private final CommandObservation one;
        private final CommandObservation other;

        CommandPair(CommandObservation one, CommandObservation other) {
            this.one = one;
            this.other = other;
        }

        private void both(String method, Consumer<CommandObservation> call) {
            firstGuard.run(method, () -> call.accept(one));
            secondGuard.run(method, () -> call.accept(other));
        }

        @Override
        public void written() {
            both("written", CommandObservation::written);
        }

        @Override
        public void ended(CommandEnd end) {
            both("ended", command -> command.ended(end));
        }

        @Override
        public void released() {
            both("released", CommandObservation::released);
        }
    }
}
