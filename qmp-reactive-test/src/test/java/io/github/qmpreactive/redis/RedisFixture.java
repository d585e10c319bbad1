package io.github.qmpreactive.redis;

import static io.github.qmpreactive.test.Patience.PATIENCE;

import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.internal.net.SocketFolder;
import io.lettuce.core.Range;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A Redis server with clients in this JVM, which wait for its answers as long as the tests do. */
final class RedisFixture implements AutoCloseable {

    static final String STREAM = "qmp";

    private final SocketFolder folder = SocketFolder.create();
    private final RedisServer server;
    private final List<Redis> clients = new ArrayList<>();
    private final Redis own;

    RedisFixture() throws IOException {
        RedisServer.assumeInstalled();
        server = new RedisServer(folder, false);
        own = connection();
        ask(RedisReactiveCommands::ping);
    }

    RedisServer server() {
        return server;
    }

    /** A connection of its own. */
    Redis connection() {
        Redis client = new Redis(server.uri(), line -> {});
        clients.add(client);
        return client;
    }

    <T> List<T> ask(Function<RedisReactiveCommands<String, String>, ? extends Publisher<T>> question) {
        return Objects.requireNonNull(
                own.call(question).retryWhen(own.again()).collectList().block(PATIENCE));
    }

    void add(StreamEntry entry) {
        ask(commands -> commands.xadd(STREAM, entry.fields()));
    }

    /** The whole stream, duplicates included. */
    List<StreamEntry> stream() {
        return ask(commands -> commands.xrange(STREAM, Range.unbounded())).stream()
                .map(message -> StreamEntry.of(message.getBody()).orElseThrow())
                .toList();
    }

    /** Waits until so many entries of the stream are as wanted, and returns the stream. */
    List<StreamEntry> await(int count, Predicate<Report> wanted) {
        Patience.until(
                () -> stream().stream().map(StreamEntry::report).filter(wanted).count() >= count,
                () -> "Not " + count + " such entries in " + stream());
        return stream();
    }

    @Override
    public void close() {
        clients.stream().map(Redis::close).forEach(Mono::block);
        server.close();
        folder.delete();
    }
}
