package io.github.qmpreactive.supervise;

import io.github.qmpreactive.message.QmpEvent;
import java.time.Instant;
import java.util.Optional;

/** What {@link QmpSupervisor#events} emits: an event, or that events may be missing. */
public sealed interface SupervisedEvent {

    /**
     * An event of QEMU.
     *
     * @param event the event
     */
    record Received(QmpEvent event) implements SupervisedEvent {}

    /**
     * Events may be missing here, and which ones cannot be known: read again what is derived from events. The times are of the
     * client's clock. Gaps that follow each other are one, with the cause of the last.
     *
     * @param from when the session before ended; when it was last heard from, if it ended since the server was silent; with
     *     events dropped by {@link io.github.qmpreactive.option.EventOverflow}, when the first was
     * @param until when the events of the next session were listened to: after its handshake, before {@code onConnect} and each
     *     command; if there is none, since a machine of a fleet was stopped or removed, when that was; with events dropped, when
     *     the last was
     * @param cause why the session ended, empty if that was orderly; with events dropped, an {@link
     *     io.github.qmpreactive.error.EventOverflowError}
     */
    record Gap(Instant from, Instant until, Optional<Throwable> cause) implements SupervisedEvent {}
}
