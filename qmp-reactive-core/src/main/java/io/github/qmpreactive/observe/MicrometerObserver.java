package io.github.qmpreactive.observe;

import io.github.qmpreactive.error.ConnectError;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * Observes commands ({@code qmp.command}) and the opening of sessions ({@code qmp.session.open}) with Micrometer's
 * Observation API: whatever handles observations makes timers and spans of them. Needs {@code
 * io.micrometer:micrometer-observation}. Immutable; one serves any number of clients, which then share the names of
 * commands that have a tag.
 *
 * <p>An observation begins when the command, or {@code connect()}, is subscribed to, and ends before the subscriber gets
 * its signal. Its parent is the observation in Reactor's context of the subscriber ({@code micrometer.observation}, where
 * WebFlux puts that of the request); without one, the current observation of the subscriber's thread. No arguments become
 * part of it, and of errors neither QEMU's words nor what was sent.
 *
 * <p>The observation of a command has an event {@code written}; that of an opening an event {@code connected}. A session
 * that is open is not an observation, since spans of days are of no use: {@link MicrometerMeters} counts sessions.
 */
public final class MicrometerObserver implements QmpObserver {

    /** The key of {@code ObservationThreadLocalAccessor}, which needs another library. */
    static final String CONTEXT_KEY = "micrometer.observation";

    private static final QmpCommandConvention COMMANDS = new QmpCommandConvention() {};
    private static final QmpSessionConvention SESSIONS = new QmpSessionConvention() {};

    private final ObservationRegistry registry;
    private final @Nullable QmpCommandConvention commands;
    private final @Nullable QmpSessionConvention sessions;
    private final KnownNames names;

    private MicrometerObserver(
            ObservationRegistry registry,
            @Nullable QmpCommandConvention commands,
            @Nullable QmpSessionConvention sessions,
            KnownNames names) {
        this.registry = registry;
        this.commands = commands;
        this.sessions = sessions;
        this.names = names;
    }

    /**
     * An observer.
     *
     * @param registry handles the observations; Spring Boot has one as a bean
     * @return the observer
     */
    public static MicrometerObserver of(ObservationRegistry registry) {
        return new MicrometerObserver(Objects.requireNonNull(registry, "registry"), null, null, new KnownNames());
    }

    /**
     * Replaces names and tags of commands. Default: the convention that the registry has for {@link QmpCommandContext}, if
     * any, else the defaults of {@link QmpCommandConvention}.
     *
     * @param convention names and tags
     * @return a new observer
     */
    public MicrometerObserver commandConvention(QmpCommandConvention convention) {
        return new MicrometerObserver(registry, Objects.requireNonNull(convention, "convention"), sessions, names);
    }

    /**
     * Replaces names and tags of the opening of sessions. Default: the convention that the registry has for {@link
     * QmpSessionContext}, if any, else the defaults of {@link QmpSessionConvention}.
     *
     * @param convention names and tags
     * @return a new observer
     */
    public MicrometerObserver sessionConvention(QmpSessionConvention convention) {
        return new MicrometerObserver(registry, commands, Objects.requireNonNull(convention, "convention"), names);
    }

    @Override
    public SessionObservation sessionOpening(ObservedSession session, ContextView context) {
        QmpSessionContext opening = new QmpSessionContext(session);
        Observation observation = Observation.createNotStarted(sessions, SESSIONS, () -> opening, registry);
        return new Session(new Opening(opening, started(observation, context)));
    }

    private static Observation started(Observation observation, ContextView context) {
        if (context.getOrDefault(CONTEXT_KEY, null) instanceof Observation parent) {
            observation.parentObservation(parent);
        }
        try {
            return observation.start();
        } catch (Throwable e) {
            // Handlers that were called before the one that threw have begun, and would never end. Micrometer stops
            // those behind
            // the last one that throws then, too.
            stopAfter(e, observation);
            throw e;
        }
    }

    private static void stopAfter(Throwable thrown, Observation observation) {
        try {
            observation.stop();
        } catch (Throwable also) {
            // A handler may throw one and the same exception each time, which cannot be suppressed by itself.
            if (also != thrown) {
                thrown.addSuppressed(also);
            }
        }
    }

    /** Stops it, also if a handler throws from the error. */
    private static void stop(Observation observation, @Nullable Throwable plain) {
        try {
            if (plain != null) {
                observation.error(plain);
            }
        } finally {
            observation.stop();
        }
    }

    private CommandObservation command(ObservedCommand command, ContextView context) {
        if (registry.isNoop()) {
            return CommandObservation.NONE;
        }
        QmpCommandContext running = new QmpCommandContext(command, names.began(command.name()));
        Observation observation = Observation.createNotStarted(commands, COMMANDS, () -> running, registry);
        return new Command(running, started(observation, context), names);
    }

    private final class Session implements SessionObservation {

        /** Until it has ended: it refers to the subscriber's observation, and a session may last for months. */
        private volatile @Nullable Opening opening;

        Session(Opening opening) {
            this.opening = opening;
        }

        @Override
        public void connected() {
            Opening now = opening;
            if (now != null) {
                now.observation().event(Observation.Event.of("connected"));
            }
        }

        @Override
        public void ready() {
            stop("success", null);
        }

        @Override
        public void notOpened(@Nullable Throwable cause) {
            String outcome = cause == null ? "cancelled" : "protocol";
            if (cause instanceof ConnectError error) {
                outcome = error.reason().name().toLowerCase(Locale.ROOT);
            }
            stop(outcome, cause);
        }

        private void stop(String outcome, @Nullable Throwable cause) {
            Opening now = opening;
            opening = null;
            if (now != null) {
                now.context().outcome(outcome);
                MicrometerObserver.stop(now.observation(), cause == null ? null : PlainErrors.ofOpening(cause));
            }
        }

        @Override
        public CommandObservation commandStarted(ObservedCommand command, ContextView subscriber) {
            return command(command, subscriber);
        }
    }

    private record Opening(QmpSessionContext context, Observation observation) {}

    private record Command(QmpCommandContext context, Observation observation, KnownNames names)
            implements CommandObservation {

        @Override
        public void written() {
            observation.event(Observation.Event.of("written"));
        }

        @Override
        public void ended(CommandEnd end) {
            context.end(end, names.ended(context.command().name(), context.tag(), end));
            stop(observation, end.error() == null ? null : PlainErrors.of(context.tag(), end.error()));
        }
    }
}
