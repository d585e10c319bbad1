package io.github.qmpreactive.redis;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.lettuce.core.Consumer;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.reactivestreams.Publisher;

/** A Redis server, the service of a host and consumers, each a process of its own. */
final class Site implements AutoCloseable {

    private static final String STREAM = "qmp";
    private static final String GROUP = "count";

    private static final Pattern NUMBER = Pattern.compile("\\{\"offset\":(\\d+)}");

    /** How long the service waits for an answer of Redis. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(1);

    private final SocketFolder folder = SocketFolder.create();
    private final String[] hostArguments;
    private final Redis client;
    private final Map<String, RunningProgram> consumers = new HashMap<>();
    private final Set<String> handled = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> latest = new ConcurrentHashMap<>();
    private final Queue<String> hostErrors = new ConcurrentLinkedQueue<>();
    private final RedisServer redis;
    private RunningProgram host;

    /** Starts Redis and a host's service. */
    Site(String... machines) throws IOException {
        hostArguments = Stream.concat(Stream.of(STREAM, "host1", "1"), Stream.of(machines))
                .toArray(String[]::new);
        redis = new RedisServer(folder, true);
        client = new Redis(redis.uri(), line -> {});
        host = launchHost();
    }

    private RunningProgram launchHost() throws IOException {
        return new RunningProgram(
                RunningProgram.java(HostMain.class, hostArguments),
                Map.of("REDIS_URI", redis.uri(IMPATIENCE)),
                folder,
                System.out::println,
                hostErrors::add);
    }

    RedisServer redis() {
        return redis;
    }

    void restartHost() throws IOException {
        host.close();
        host = launchHost();
    }

    /** Starts a consumer, and kills the one that has this name. */
    void startConsumer(String name) throws IOException {
        stopConsumer(name);
        consumers.put(
                name,
                new RunningProgram(
                        RunningProgram.java(ConsumerMain.class, STREAM, GROUP, name, "1"),
                        Map.of("REDIS_URI", redis.uri(PATIENCE)),
                        folder,
                        this::consumed));
    }

    void stopConsumer(String name) {
        RunningProgram consumer = consumers.remove(name);
        if (consumer != null) {
            consumer.close();
        }
    }

    private void consumed(String line) {
        String[] words = line.split(" ", 6);
        if (words.length == 6) {
            handled.add(String.join(" ", List.of(words).subList(2, 6)));
            if (words[3].equals(Report.EVENT)) {
                latest.put(words[2], number(words[5]));
            }
        }
    }

    /** Waits until a consumer has printed a report: machine, kind, name and data. */
    void awaitHandled(String report) {
        Patience.until(() -> handled.contains(report), () -> "Not consumed: " + report + "; " + this);
    }

    /** The number of an event, from its data; 0 if it has none. */
    static int number(String data) {
        Matcher number = NUMBER.matcher(data);
        return number.matches() ? Integer.parseInt(number.group(1)) : 0;
    }

    /** Waits until of each machine an event is consumed that was sent after that of a number. */
    void awaitEventAfter(int number, String... machines) {
        for (String machine : machines) {
            Patience.until(
                    () -> latest.getOrDefault(machine, 0) > number,
                    () -> "No event of " + machine + " after " + number + " is consumed: " + latest + "; " + this);
        }
    }

    /** Reads entries as a consumer that handles none, until it has read this report: machine, kind, name and data. */
    @SuppressWarnings("unchecked") // An array of one offset
    void readAs(String consumer, String report) {
        Patience.until(
                () -> ask(commands -> commands.xreadgroup(
                                Consumer.from(GROUP, consumer), XReadArgs.StreamOffset.lastConsumed(STREAM)))
                        .stream()
                        .map(message ->
                                StreamEntry.of(message.getBody()).orElseThrow().report())
                        .anyMatch(r -> String.join(" ", r.machine(), r.kind(), r.name(), r.data())
                                .equals(report)),
                () -> "Not in the stream: " + report);
    }

    /** Waits until the host's service has said that Redis fails, so often. */
    void awaitFailures(long count) {
        Patience.until(() -> failures() >= count, this::toString);
    }

    long failures() {
        return hostErrors.stream()
                .filter(line -> line.startsWith("Redis failed"))
                .count();
    }

    private <T> List<T> ask(Function<RedisReactiveCommands<String, String>, ? extends Publisher<T>> question) {
        return Objects.requireNonNull(
                client.call(question).retryWhen(client.again()).collectList().block(PATIENCE));
    }

    /** The whole stream, duplicates included. */
    List<StreamEntry> stream() {
        return ask(commands -> commands.xrange(STREAM, Range.unbounded())).stream()
                .map(message -> StreamEntry.of(message.getBody()).orElseThrow())
                .toList();
    }

    /** Each entry once, where it was first. */
    static List<StreamEntry> distinct(Collection<StreamEntry> stream) {
        Map<String, StreamEntry> entries = new LinkedHashMap<>();
        stream.forEach(entry -> entries.putIfAbsent(entry.id(), entry));
        return new ArrayList<>(entries.values());
    }

    /** Waits until the consumers have acknowledged everything in the stream. */
    void awaitAllConsumed() {
        Patience.until(
                () -> ask(commands -> commands.xpending(STREAM, GROUP)).get(0).getCount() == 0
                        && counts().values().stream().mapToLong(Long::parseLong).sum()
                                >= distinct(stream()).size(),
                () -> "Pending: "
                        + ask(commands -> commands.xpending(STREAM, GROUP, Range.unbounded(), Limit.from(10)))
                        + "; counts: " + counts() + "; stream: "
                        + distinct(stream()).size());
    }

    /** What the consumers have counted. */
    Map<String, String> counts() {
        Map<String, String> counts = new HashMap<>();
        ask(commands -> commands.hgetall(EventConsumer.counts(STREAM, GROUP)))
                .forEach(count -> counts.put(count.getKey(), count.getValue()));
        return counts;
    }

    /** Ends the host's service, so that the stream grows no more. */
    void stopHost() {
        host.close();
    }

    @Override
    public String toString() {
        return "the service complains of " + hostErrors + ", the stream has "
                + stream().size() + " entries, the consumers have counted " + counts();
    }

    @Override
    public void close() {
        host.close();
        consumers.values().forEach(RunningProgram::close);
        client.close().block(PATIENCE);
        redis.close();
        folder.delete();
    }
}
