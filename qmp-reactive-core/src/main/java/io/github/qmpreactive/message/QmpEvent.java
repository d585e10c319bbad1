package io.github.qmpreactive.message;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event: {@code {"event": "STOP", "data": {...}, "timestamp": {"seconds": n, "microseconds": n}}}.
 *
 * @param name the {@code event} member; unknown names are not treated differently
 * @param data the {@code data} member; a missing node where the event has none, so that {@code data().path("x")}
 *     is always safe. Not to be changed
 * @param timestamp when it happened by the server's clock, to the microsecond; empty where the server does not know it
 *     (-1) or sends no usable value
 * @param raw the whole message as it came; not to be changed
 * @see <a href="https://www.qemu.org/docs/master/interop/qmp-spec.html">QMP specification, "Asynchronous events"</a>
 */
public record QmpEvent(String name, JsonNode data, Optional<Instant> timestamp, JsonNode raw) {

    /**
     * A predicate for events of certain names, as {@code executeAndAwait} takes it.
     *
     * @param names the names, for example {@code "BLOCK_JOB_COMPLETED", "BLOCK_JOB_CANCELLED"}
     * @return whether an event has one of the names
     */
    public static Predicate<QmpEvent> named(String... names) {
        Set<String> wanted = Set.copyOf(List.of(names));
        return event -> wanted.contains(event.name());
    }

    /**
     * A predicate for an event of a certain name whose data holds certain values, as {@code executeAndAwait} takes it:
     * {@code QmpEvent.matching("DEVICE_DELETED", Map.of("device", "usb0"))}.
     *
     * @param name the name
     * @param data a {@code Map}, JSON, a record or a bean that makes JSON
     * @return whether an event has the name, and its data every member of {@code data}, at any depth; arrays have to be
     *     of one length, numbers are compared by value
     * @throws IllegalArgumentException if the data cannot be turned into JSON
     */
    public static Predicate<QmpEvent> matching(String name, Object data) {
        JsonNode part;
        try {
            part = data instanceof JsonNode node
                    ? node.deepCopy()
                    : JsonMapper.shared().valueToTree(data);
        } catch (JacksonException | StackOverflowError e) {
            throw new IllegalArgumentException("The data to match " + name + " with cannot be turned into JSON", e);
        }
        return event -> event.name().equals(name) && SubTree.isIn(event.data(), part);
    }
}
