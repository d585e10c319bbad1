package io.github.qmpreactive.supervise;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.internal.operation.Guards;
import io.github.qmpreactive.internal.operation.Missed;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.supervise.SupervisedEvent.Gap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** The subscribers to events across sessions. They may come from any thread, and are there when subscribing returns. */
final class EventFollowers implements SessionObserver<QmpSession> {

    /**
     * A session whose events are followed.
     *
     * @param number grows with each one
     */
    record Opened(long number, QmpSession session) {}

    private final String name;
    private final Guards guards;
    private final CopyOnWriteArrayList<EventFollower> followers = new CopyOnWriteArrayList<>();
    private volatile @Nullable Opened opened;

    /** While there is no session, but was one. */
    private volatile @Nullable Missed missed;

    private long count;

    EventFollowers(String name) {
        this.name = name;
        this.guards = new Guards(name);
    }

    Flux<SupervisedEvent> events(EventOptions options) {
        return guards.guard("events", new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super SupervisedEvent> actual) {
                new EventFollower(EventFollowers.this, name, options, actual).start();
            }
        });
    }

    void join(EventFollower follower) {
        followers.add(follower);
        Opened now = opened;
        if (now != null) {
            follower.follow(now, Optional.empty());
        }
    }

    void leave(EventFollower follower) {
        followers.remove(follower);
    }

    /** Since when there is no session, and why. */
    Optional<Missed> missed() {
        return Optional.ofNullable(missed);
    }

    @Override
    public void opened(QmpSession session, Optional<Missed> before) {
        count++;
        missed = null;
        Opened now = new Opened(count, session);
        opened = now;
        Optional<Gap> gap = before.map(EventFollowers::untilNow);
        followers.forEach(follower -> follower.follow(now, gap));
    }

    @Override
    public void ended(Missed missed) {
        this.missed = missed;
        opened = null;
    }

    @Override
    public void stopped(@Nullable Throwable error, Missed missed) {
        // Of a start without a session the time before belongs to it.
        Missed earlier = this.missed == null ? missed : this.missed;
        Missed now = error == null ? earlier : new Missed(earlier.since(), Optional.of(error));
        this.missed = now;
        Gap gap = untilNow(now);
        List<EventFollower> ended =
                followers.stream().filter(follower -> !follower.isLasting()).toList();
        followers.removeAll(new HashSet<>(ended));
        ended.forEach(follower -> follower.end(error));
        followers.forEach(follower -> follower.pause(count, gap));
    }

    private static Gap untilNow(Missed missed) {
        return new Gap(missed.since(), Operations.now(), missed.cause());
    }
}
