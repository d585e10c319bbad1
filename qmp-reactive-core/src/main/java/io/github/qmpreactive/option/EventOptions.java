package io.github.qmpreactive.option;

import io.github.qmpreactive.message.QmpEvent;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Which events one subscription gets, and how far it may fall behind; immutable, every setter returns a new instance.
 *
 * <p>Whatever the options: events that do not pass the filter never take a place in the buffer.
 */
public final class EventOptions {

    private static final EventOptions ALL =
            new EventOptions(event -> true, 256, EventOverflow.ERROR, event -> {}, true);

    private final Predicate<? super QmpEvent> filter;
    private final int bufferSize;
    private final EventOverflow overflow;
    private final Consumer<? super QmpEvent> onLost;
    private final boolean early;

    private EventOptions(
            Predicate<? super QmpEvent> filter,
            int bufferSize,
            EventOverflow overflow,
            Consumer<? super QmpEvent> onLost,
            boolean early) {
        this.filter = filter;
        this.bufferSize = bufferSize;
        this.overflow = overflow;
        this.onLost = onLost;
        this.early = early;
    }

    /**
     * Every event, with the defaults.
     *
     * @return the options
     */
    public static EventOptions all() {
        return ALL;
    }

    /**
     * Events of certain names, with the defaults.
     *
     * @param names the names; none means no event at all
     * @return the options
     */
    public static EventOptions named(String... names) {
        return ALL.filter(QmpEvent.named(names));
    }

    /**
     * Narrows the filter: an event has to pass the earlier ones and this. It is called on the event loop and must not
     * block; an exception from it ends only this subscription, with that exception.
     *
     * @param filter whether an event is wanted
     * @return new options
     */
    public EventOptions filter(Predicate<? super QmpEvent> filter) {
        Objects.requireNonNull(filter, "filter");
        Predicate<? super QmpEvent> before = this.filter;
        return new EventOptions(event -> before.test(event) && filter.test(event), bufferSize, overflow, onLost, early);
    }

    /**
     * Sets how many events wait at most for a subscriber that has no demand. Those from before the first subscription, 32 at
     * most, are not counted. Until the subscriber has returned from {@code onSubscribe}, at least 256 are kept.
     * Default: 256.
     *
     * @param events a number of events, 1 at least
     * @return new options
     * @throws IllegalArgumentException if it is below 1
     */
    public EventOptions bufferSize(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("bufferSize is " + events + ", but has to be 1 at least");
        }
        return new EventOptions(filter, events, overflow, onLost, early);
    }

    /**
     * Sets what happens to events beyond the buffer's size. Default: {@link EventOverflow#ERROR}.
     *
     * @param overflow the policy
     * @return new options
     */
    public EventOptions overflow(EventOverflow overflow) {
        return new EventOptions(filter, bufferSize, Objects.requireNonNull(overflow, "overflow"), onLost, early);
    }

    /**
     * Sets a callback for each event that is lost under {@link EventOverflow#DROP_OLDEST} or
     * {@link EventOverflow#DROP_LATEST}. It is called on the event loop and must not block; an exception from it ends
     * only this subscription. Default: does nothing.
     *
     * @param onLost takes the lost event
     * @return new options
     */
    public EventOptions onLost(Consumer<? super QmpEvent> onLost) {
        return new EventOptions(filter, bufferSize, overflow, Objects.requireNonNull(onLost, "onLost"), early);
    }

    /**
     * Excludes events from before the subscription. Without it, the first subscriber of a session also gets the newest
     * 32 events from before it; with it, a first subscriber gets none, and they are discarded. Default: not set.
     *
     * @return new options
     */
    public EventOptions fromNow() {
        return new EventOptions(filter, bufferSize, overflow, onLost, false);
    }

    /**
     * Whether a first subscriber gets the events from before it.
     *
     * @return false with {@link #fromNow()}
     */
    public boolean includesEarly() {
        return early;
    }

    /**
     * The filter.
     *
     * @return whether an event is wanted
     */
    public Predicate<? super QmpEvent> filter() {
        return filter;
    }

    /**
     * The size of the buffer.
     *
     * @return a number of events
     */
    public int bufferSize() {
        return bufferSize;
    }

    /**
     * The policy for a full buffer.
     *
     * @return the policy
     */
    public EventOverflow overflow() {
        return overflow;
    }

    /**
     * The callback for lost events.
     *
     * @return takes the lost event
     */
    public Consumer<? super QmpEvent> onLost() {
        return onLost;
    }
}
