package io.github.qmpreactive.redis;

import io.lettuce.core.Consumer;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A member of a consumer group: counts the reports of each machine, each once for the group. Every entry goes to one member, and
 * comes again until it was acknowledged.
 *
 * <ul>
 *   <li>It is killed: the next one of that name goes on with what was read and not acknowledged; if there is none, another member
 *       takes that over after a time.
 *   <li>Redis is down: it reads on when Redis is there again.
 * </ul>
 *
 * <p>The count, the mark by which a duplicate is recognised and the acknowledgement are one script: all of it happens, or nothing.
 * An effect elsewhere comes before the acknowledgement, and has {@link StreamEntry#id} as its key, so that it is made once. Groups
 * know nothing of each other: what one has seen, another one counts yet.
 */
final class EventConsumer {

    /** How long a read waits for an entry; the timeout of commands has to be longer. */
    static final Duration BLOCK = Duration.ofSeconds(1);

    private static final int COUNT = 64;
    private static final String BEGINNING = "0-0";
    private static final long BITS = 1_000_000;
    private static final long KEPT_SECONDS = Duration.ofDays(7).toSeconds();

    /** Returns 1 if the entry was counted before. */
    private static final String HANDLE = """
            local duplicate = redis.call('SETBIT', KEYS[3], ARGV[3], 1)
            redis.call('EXPIRE', KEYS[3], ARGV[4])
            if duplicate == 0 then redis.call('HINCRBY', KEYS[2], ARGV[5], 1) end
            redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
            return duplicate""";

    /**
     * An entry that was handled.
     *
     * @param entry the entry
     * @param duplicate whether it was handled before, so that nothing was done
     */
    record Delivery(StreamEntry entry, boolean duplicate) {}

    private final Redis redis;
    private final String stream;
    private final Consumer<String> member;
    private final Duration claimAfter;
    private final AtomicReference<String> claimed = new AtomicReference<>(BEGINNING);

    /** Takes over what another member has read, and not acknowledged for so long. */
    EventConsumer(Redis redis, String stream, String group, String name, Duration claimAfter) {
        this.redis = redis;
        this.stream = stream;
        this.member = Consumer.from(group, name);
        this.claimAfter = claimAfter;
    }

    /** The hash that has the counts of a group, by machine, kind and name. */
    static String counts(String stream, String group) {
        return "{" + stream + "}:counts:" + group;
    }

    /** The bits of a group that tell which entries it has seen. The group is last: a name may have any characters. */
    private String seen(StreamEntry entry) {
        return String.join(
                ":",
                "{" + stream + "}",
                "seen",
                entry.host(),
                entry.run(),
                entry.series(),
                Long.toString(entry.number() / BITS),
                member.getGroup());
    }

    /** Consumes, and emits what was handled. It does not end. */
    Flux<Delivery> deliveries() {
        return createGroup()
                .thenMany(left())
                .concatWith(Flux.defer(() -> takeOver().concatWith(next())).repeat())
                .retryWhen(redis.again());
    }

    /** From the first entry that is kept; also after Redis has lost the group. */
    private Mono<Void> createGroup() {
        return redis.call(commands -> commands.xgroupCreate(
                                StreamOffset.from(stream, BEGINNING),
                                member.getGroup(),
                                XGroupCreateArgs.Builder.mkstream())
                        .onErrorComplete(RedisBusyException.class))
                .then();
    }

    /** What this member has read in an earlier life, and not acknowledged. */
    private Flux<Delivery> left() {
        return read(StreamOffset.from(stream, BEGINNING))
                .flatMapMany(messages ->
                        messages.isEmpty() ? Flux.empty() : handleAll(messages).concatWith(Flux.defer(this::left)));
    }

    private Flux<Delivery> next() {
        return read(StreamOffset.lastConsumed(stream)).flatMapMany(this::handleAll);
    }

    /** What other members have left; a piece of it each time. */
    private Flux<Delivery> takeOver() {
        XAutoClaimArgs<String> args = XAutoClaimArgs.Builder.xautoclaim(member, claimAfter, claimed.get())
                .count(COUNT);
        return redis.call(commands -> commands.xautoclaim(stream, args))
                .doOnNext(messages -> claimed.set(messages.getId()))
                .concatMap(messages -> handleAll(messages.getMessages()));
    }

    /** All at once: a connection whose subscriber has no demand reads no answers to other commands. */
    @SuppressWarnings("unchecked") // An array of one offset
    private Mono<List<StreamMessage<String, String>>> read(StreamOffset<String> from) {
        XReadArgs args = new XReadArgs().count(COUNT).block(BLOCK);
        return redis.call(commands -> commands.xreadgroup(member, args, from)).collectList();
    }

    private Flux<Delivery> handleAll(List<StreamMessage<String, String>> messages) {
        return Flux.fromIterable(messages).concatMap(this::handle);
    }

    private Mono<Delivery> handle(StreamMessage<String, String> message) {
        Map<String, String> fields = Objects.requireNonNullElse(message.getBody(), Map.of());
        return StreamEntry.of(fields)
                .map(entry -> handle(message.getId(), entry))
                // Trimmed meanwhile, or not ours: else it would come again without an end.
                .orElseGet(() -> redis.call(commands -> commands.xack(stream, member.getGroup(), message.getId()))
                        .then(Mono.empty()));
    }

    private Mono<Delivery> handle(String id, StreamEntry entry) {
        Report report = entry.report();
        String[] keys = {stream, counts(stream, member.getGroup()), seen(entry)};
        String[] arguments = {
            member.getGroup(),
            id,
            Long.toString(entry.number() % BITS),
            Long.toString(KEPT_SECONDS),
            report.machine() + " " + report.kind() + " " + report.name()
        };
        return redis.call(commands -> commands.<Long>eval(HANDLE, ScriptOutputType.INTEGER, keys, arguments))
                .single()
                .map(duplicate -> new Delivery(entry, duplicate == 1));
    }
}
