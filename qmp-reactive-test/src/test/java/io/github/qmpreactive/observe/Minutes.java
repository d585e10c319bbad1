package io.github.qmpreactive.observe;

import io.github.qmpreactive.error.QmpError;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** An observer that keeps the minutes: a line for each call, in order. */
final class Minutes implements QmpObserver {

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    /** The lines about a command, or about the session. */
    List<String> of(String subject) {
        return lines.stream()
                .filter(line -> line.startsWith(subject + " "))
                .map(line -> line.substring(subject.length() + 1))
                .toList();
    }

    private void write(String line) {
        lines.add(line);
    }

    @Override
    public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
        write("session opening " + session.name() + " " + session.peer() + " " + context.getOrDefault("key", "-"));
        return new SessionObservation() {
            @Override
            public void connected() {
                write("session connected");
            }

            @Override
            public void ready() {
                write("session ready");
            }

            @Override
            public void notOpened(@Nullable Throwable cause) {
                write("session notOpened " + nameOf(cause));
            }

            @Override
            public void ended(@Nullable QmpError cause) {
                write("session ended " + nameOf(cause));
            }

            @Override
            public CommandObservation commandStarted(ObservedCommand command, ContextView subscriber) {
                write(command.name() + " started " + command.session() + (command.outOfBand() ? " oob " : " ")
                        + subscriber.getOrDefault("key", "-"));
                return new CommandMinutes(command.name());
            }

            @Override
            public void eventsBuffered(int change) {
                write("buffer " + change);
            }

            @Override
            public void eventDropped(String event, EventDrop why) {
                write("dropped " + event + " " + why);
            }
        };
    }

    private static String nameOf(@Nullable Throwable error) {
        return error == null ? "-" : error.getClass().getSimpleName();
    }

    private final class CommandMinutes implements CommandObservation {

        private final String name;

        CommandMinutes(String name) {
            this.name = name;
        }

        @Override
        public void written() {
            write(name + " written");
        }

        @Override
        public void ended(CommandEnd end) {
            write(name + " " + end.outcome() + (end.written() ? " sent " : " unsent ")
                    + (end.errorClass() == null ? "-" : end.errorClass()) + " " + nameOf(end.error()));
        }

        @Override
        public void released() {
            write(name + " released");
        }
    }
}
