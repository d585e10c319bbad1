package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.client;
import static io.github.qmpreactive.session.Clients.connect;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.fleet.QmpFleet;
import io.github.qmpreactive.internal.operation.LogShare;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import io.github.qmpreactive.option.EventOptions;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@Tag("stress")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("The publishers that the client implements keep the rules of Reactive Streams")
class PublisherRulesTest {

    /** Of the kit; Maven says where it is, and elsewhere tests run in it. */
    private static final Path MODULE =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath();

    private static final QmpCommand GO = QmpCommand.of("go");
    private static final int ANY_NUMBER = 1_000;
    private static final int FEW = 10;

    /** The classes that the tests here check, each with those that it is subscribed to through. */
    private static final Set<String> CHECKED = Set.of(
            "CommandMono",
            "SingleSubscription",
            "EventHub",
            "EventSubscription",
            "ConnectAttempt",
            "UntilCancelled",
            "LogShare",
            "SessionAcceptor",
            "AcceptSubscription",
            "EventFollowers",
            "EventFollower",
            "QmpFleet",
            "EachRun",
            "MachineMerge");

    private static final Pattern IMPLEMENTED = Pattern.compile("\\bnew\\s+(Flux|Mono)<[^(]*>\\(\\)\\s*\\{"
            + "|(?<!\\?\\s)\\bextends\\s+(Flux|Mono|ConnectableFlux|FluxOperator|MonoOperator|FluxProcessor)<"
            + "|\\bimplements\\s[^{]*\\b(Subscription|QueueSubscription|Publisher|CorePublisher)\\b");

    private final RunningFakeQmpServer server =
            Clients.machine().when("go").reply("{}").withConcurrentClients().startUnix();
    private final RunningFakeQmpServer other =
            Clients.machine().withConcurrentClients().startUnix();
    private final AtomicInteger connections = new AtomicInteger();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final QmpSession session = open();
    private final QmpSession ended = open();

    @BeforeAll
    void end() {
        Clients.finish(ended.disconnect());
    }

    @AfterAll
    void close() throws Exception {
        for (AutoCloseable resource : opened) {
            resource.close();
        }
        server.close();
        other.close();
    }

    private QmpSession open() {
        QmpSession next = connect(server);
        connections.incrementAndGet();
        return next;
    }

    private static void check(
            boolean direct,
            long max,
            LongFunction<? extends Publisher<?>> succeeding,
            Supplier<? extends Publisher<?>> failing) {
        new PublisherRules(max, succeeding, failing, direct).checkAll();
    }

    @Test
    @DisplayName("Each class of both modules that implements one is checked")
    void complete() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String module : List.of("qmp-reactive-core", "qmp-reactive-test")) {
            try (Stream<Path> files = Files.walk(MODULE.resolveSibling(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    if (IMPLEMENTED.matcher(Files.readString(file)).find()) {
                        found.add(file.getFileName().toString().replace(".java", ""));
                    }
                }
            }
        }
        assertEquals(new TreeSet<>(CHECKED), found);
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("a command")
    void command(boolean direct) {
        check(direct, 1, n -> session.execute(GO), () -> ended.execute(GO));
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("the events of a session")
    void events(boolean direct) {
        check(direct, ANY_NUMBER, n -> stream(n, s -> s.events(options(n))), () -> lost().events());
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("the events of a session with a command")
    void executeAndListen(boolean direct) {
        check(
                direct,
                ANY_NUMBER,
                n -> stream(n, s -> s.executeAndListen(GO, options(n))),
                () -> ended.executeAndListen(GO, EventOptions.all()));
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("an attempt to connect")
    void connecting(boolean direct) {
        check(direct, 1, n -> client(other).connect(), QmpClient.create()::connect);
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("an attempt to connect that a fleet has marked as its own")
    void marked(boolean direct) {
        LogShare share = new LogShare();
        check(
                direct,
                1,
                n -> share.mark(client(other).connect()),
                () -> share.mark(QmpClient.create().connect()));
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("the sessions of a listener")
    void sessions(boolean direct) {
        check(direct, FEW, this::dialledIn, () -> taken().sessions());
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("the events of a supervisor, of two sessions and with a gap between them")
    void supervisedEvents(boolean direct) {
        check(direct, ANY_NUMBER, FollowedEvents::ofSupervisor, FollowedEvents::ofSupervisorThatGivesUp);
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("the events of a fleet")
    void fleetEvents(boolean direct) {
        check(direct, ANY_NUMBER, FollowedEvents::ofFleet, FollowedEvents::ofFleetThatFails);
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("work at each machine of a fleet")
    void each(boolean direct) {
        check(direct, FEW, n -> fleet(n).each(s -> s.execute(GO), Clients.PATIENCE), () -> Flux.error(new Error()));
    }

    @ParameterizedTest(name = "directly: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("the links of a fleet")
    void links(boolean direct) {
        check(direct, FEW, n -> fleet(n).links().take(n), () -> Flux.error(new Error()));
    }

    /** One that is not started: the outcome at each machine, and its link, are there at once. */
    private QmpFleet fleet(long machines) {
        QmpFleet fleet = QmpFleet.create();
        for (int i = 0; i < machines; i++) {
            fleet.add("vm" + i, client(other));
        }
        return fleet;
    }

    private static EventOptions options(long events) {
        return EventOptions.named("X").bufferSize((int) Math.max(1, events));
    }

    /** So many events once there is a subscriber, and a command was answered, then an orderly end. */
    private Publisher<QmpEvent> stream(long events, Function<QmpSession, Flux<QmpEvent>> source) {
        QmpSession own = open();
        FakeConnection connection = server.awaitConnection(connections.get() - 1);
        Flux<QmpEvent> flux = source.apply(own);
        return subscriber -> {
            flux.subscribe(subscriber);
            own.execute("query-status").onErrorComplete().block(Clients.PATIENCE);
            connection.emitMany((int) events, "X");
            connection.emit("SHUTDOWN");
            connection.close();
        };
    }

    private QmpSession lost() {
        QmpSession own = open();
        server.awaitConnection(connections.get() - 1).close();
        own.onDisconnect().onErrorComplete().block(Clients.PATIENCE);
        return own;
    }

    private QmpListener listen() {
        QmpListener listener =
                await(QmpClient.create().address("tcp:127.0.0.1:0").listen());
        opened.push(() -> Clients.finish(listener.close()));
        return listener;
    }

    /** So many dial in; the listener is closed when the last of them is a session. */
    private Publisher<QmpSession> dialledIn(long sessions) {
        QmpListener listener = listen();
        for (int i = 0; i < sessions; i++) {
            opened.push(FakeQmpServer.create().startDialling(listener.address()));
        }
        AtomicInteger left = new AtomicInteger((int) sessions);
        Mono<Void> close = listener.close();
        if (sessions == 0) {
            Clients.finish(close);
        }
        return listener.sessions().doOnNext(s -> {
            if (left.decrementAndGet() == 0) {
                close.subscribe();
            }
        });
    }

    /** Has its one subscriber. */
    private QmpListener taken() {
        QmpListener listener = listen();
        listener.sessions().subscribe();
        return listener;
    }
}
