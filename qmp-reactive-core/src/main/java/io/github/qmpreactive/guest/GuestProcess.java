package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.GuestProcessLostError;
import io.github.qmpreactive.error.GuestProcessNotFoundError;
import io.github.qmpreactive.error.GuestStillRunningError;
import io.github.qmpreactive.internal.operation.Operations;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * A process that the agent has started in the guest. Safe for use by several threads.
 *
 * <p>The agent hands out a result once. So the query under way is left to its end, also if its subscriber cancels, and this
 * object keeps the result for all later subscribers.
 */
public final class GuestProcess {

    /** The pauses between two queries: the first, which doubles, and the longest. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** How long one query may take: over a serial port of an emulated machine 32 MiB take more than a minute. */
    static final Duration ANSWER_LIMIT = Duration.ofMinutes(5);

    private static final String STATUS = "guest-exec-status";

    private final QgaSession session;
    private final long pid;

    /** The query under way, or the one that got the result. */
    private final AtomicReference<@Nullable Mono<JsonNode>> query = new AtomicReference<>();

    GuestProcess(QgaSession session, long pid) {
        this.session = session;
        this.pid = pid;
    }

    /**
     * The process.
     *
     * @return its id in the guest; by it the next session finds the process again: {@link QgaGuest#process(long)}
     */
    public long pid() {
        return pid;
    }

    /**
     * How the process ends, without a limit; as {@link #result(Duration)}.
     *
     * @return emits the result when the process has ended
     */
    public Mono<GuestResult> result() {
        return result(ChronoUnit.FOREVER.getDuration());
    }

    /**
     * How the process ends. Asks the agent ({@code guest-exec-status}) at once, then 50 ms later, and in pauses that double
     * up to a second.
     *
     * <ul>
     *   <li>Emits the result when the process has ended, and then completes. If outputs are kept, it has ended when its
     *       children have closed them, too. Also a process that has failed, or that a signal has ended, is a result.
     *   <li>Errors with {@link GuestStillRunningError} if it runs after the limit. It runs on. The limit is looked at between
     *       two queries: one that is under way is awaited, for 5 minutes at most.
     *   <li>Errors with {@link GuestProcessNotFoundError} if the agent does not know it: its result was handed out before, or
     *       the agent was restarted, and the process may still run.
     *   <li>Errors with {@link GuestProcessLostError}, with the cause, if the session ends; if the agent does not reply
     *       within 5 minutes ({@code commandTimeout} does not apply); if no query can be sent for 5 minutes after the last
     *       reply; if the agent refuses two queries in a row although the guest is not frozen; or if its reply cannot be
     *       used or is larger than {@code maxMessageSize}.
     *   <li>While the file systems of the guest are frozen, the agent refuses the query; the wait goes on until they are
     *       thawed.
     *   <li>On cancel: starts no more queries. The process runs on; {@code guest-exec} of a {@code kill} ends it.
     *   <li>Thread: the event loop of the session, or Reactor's parallel scheduler.
     * </ul>
     *
     * @param limit how long to wait, from subscribing on; more than zero
     * @return emits the result
     * @throws IllegalArgumentException if the limit is not more than zero
     */
    public Mono<GuestResult> result(Duration limit) {
        Operations.positive("limit", limit);
        return Mono.defer(() -> new Wait(limit).result());
    }

    /** One query at a time, which goes on without subscribers, and is kept when it has got the result. */
    private Mono<JsonNode> query() {
        return Mono.defer(() -> query.updateAndGet(current -> current == null ? newQuery() : current));
    }

    private Mono<JsonNode> newQuery() {
        QmpCommand status = QmpCommand.of(STATUS).arguments(Map.of("pid", pid)).timeout(ANSWER_LIMIT);
        return session.execute(status)
                .doOnNext(reply -> {
                    if (!reply.path("exited").asBoolean(false)) {
                        query.set(null);
                    }
                })
                .doOnError(failure -> query.set(null))
                .cache();
    }

    /** Of one subscriber. */
    private final class Wait {

        private final Duration limit;
        private final long since = Operations.nanos();
        private long answered = since;

        /** Whether the last answer was a refusal, though the guest was not frozen. */
        private boolean refused;

        Wait(Duration limit) {
            this.limit = limit;
        }

        Mono<GuestResult> result() {
            return status().repeatWhenEmpty(polls -> polls.concatMap(this::pause, 1));
        }

        /** Empty while the process runs. */
        private Mono<GuestResult> status() {
            return query().doOnNext(status -> answered(false))
                    .map(status -> new AgentReply(session, STATUS, status))
                    .filter(status -> status.flag("exited"))
                    .map(GuestResult::of)
                    .onErrorResume(this::onFailure);
        }

        private Mono<GuestResult> onFailure(Throwable failure) {
            if (isToBeAsked(failure)) {
                return Mono.empty();
            }
            if (!(failure instanceof ExecuteError refusal)) {
                return Mono.error(lost(failure));
            }
            if (!Failures.isDisabled(refusal)) {
                return Mono.error(notFound(refusal));
            }
            return new Freezer(session)
                    .isFrozen()
                    .flatMap(frozen -> refused && !frozen ? Mono.<GuestResult>error(lost(refusal)) : again(!frozen))
                    .onErrorResume(
                            e -> !(e instanceof GuestProcessLostError),
                            e -> isToBeAsked(e) ? Mono.empty() : Mono.error(lost(e)));
        }

        /** It may have been thawed between the two answers. */
        private Mono<GuestResult> again(boolean isRefusal) {
            answered(isRefusal);
            return Mono.empty();
        }

        private void answered(boolean isRefusal) {
            answered = Operations.nanos();
            refused = isRefusal;
        }

        /** The agent was not asked, and may answer the next time. */
        private boolean isToBeAsked(Throwable failure) {
            return failure instanceof CommandQueueFullError
                    || (Failures.isNotSentInTime(failure)
                            && Operations.since(answered).compareTo(ANSWER_LIMIT) < 0);
        }

        private Mono<Long> pause(long poll) {
            Duration left = limit.minus(Operations.since(since));
            if (left.isZero() || left.isNegative()) {
                return Mono.error(new GuestStillRunningError(
                        subject() + " has not ended within " + limit + "; it runs on", pid, limit));
            }
            Duration pause = Operations.pause(poll, FIRST_PAUSE, LONGEST_PAUSE);
            return Operations.delay(pause.compareTo(left) < 0 ? pause : left)
                    .switchIfEmpty(Mono.error(() -> lost(new IllegalStateException("Reactor's clock is shut down"))));
        }
    }

    private GuestProcessLostError lost(Throwable cause) {
        return new GuestProcessLostError(
                subject() + " may still run; the agent has not told how it ended: " + cause.getMessage(), pid, cause);
    }

    private GuestProcessNotFoundError notFound(ExecuteError refusal) {
        return new GuestProcessNotFoundError(
                subject() + " is not known to the agent (" + refusal.description()
                        + "): its result was handed out before, or the agent was restarted and the process may still run",
                pid,
                refusal);
    }

    private String subject() {
        return "[" + session.name() + "] Process " + pid + " in the guest";
    }

    /** For people: its id. */
    @Override
    public String toString() {
        return "GuestProcess[" + pid + "]";
    }
}
