package io.github.qmpreactive.test;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.server.FakeServer;
import io.github.qmpreactive.test.internal.server.ServerOptions;
import io.github.qmpreactive.test.internal.stub.Stub;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.schema.SchemaCheck;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A QMP server for tests: a real socket, and behind it a machine that answers as a test says. Immutable: every method
 * returns a new server, and one that is set up can be started any number of times.
 *
 * <pre>{@code
 * try (RunningFakeQmpServer qemu = FakeQmpServer.create()
 *         .when("query-status").reply("{\"status\": \"running\", \"running\": true}")
 *         .when("stop").answer(Answer.reply("{}").eventBefore("STOP"))
 *         .startUnix()) {
 *     QmpClient client = QmpClient.create().address(qemu.address());
 *     ...
 * }
 * }</pre>
 *
 * <p>What is not stubbed is answered as QEMU answers it: the greeting, the negotiation and its errors, anything that is
 * not a command. A command without a stub is answered with CommandNotFound and fails the test at
 * {@link RunningFakeQmpServer#close()}; {@link CommandStub#commandNotFound()} allows it. Output is written as QEMU
 * writes it: ASCII, CRLF, members in QEMU's order. One client is served at a time, the next one waits. Commands run in
 * order, those of {@code exec-oob} at once, unless eight commands wait before them: QEMU reads no more then.
 */
public final class FakeQmpServer {

    private final ServerOptions options;

    private FakeQmpServer(ServerOptions options) {
        this.options = options;
    }

    /**
     * {@return a server that stands for the QEMU of {@link QemuProfile#newest()}: greets as it does, offers {@code
     * oob}, negotiates, and knows no command}
     */
    public static FakeQmpServer create() {
        return new FakeQmpServer(new ServerOptions());
    }

    /**
     * The guest agent in place of a monitor: it neither greets nor negotiates, has no capabilities, answers {@code
     * guest-sync-delimited} behind the byte 0xFF, {@code guest-sync} and {@code guest-ping}. What else it knows is to be
     * stubbed. As of QEMU it says of a byte 0xFF that is sent to it that it is stray.
     *
     * @return the server
     */
    public static FakeQmpServer guestAgent() {
        Answer sync = Answer.reply(command -> command.arguments().path("id"));
        return create().withoutGreeting()
                .withoutNegotiation()
                .withCapabilities()
                .when("guest-sync-delimited")
                .answer(sync.delimited())
                .when("guest-sync")
                .answer(sync)
                .when("guest-ping")
                .reply("{}");
    }

    /**
     * {@return a server that stands for the QEMU of a profile: greets with its version, words errors as it does}
     *
     * @param profile that of a version is {@code QemuProfile.of("7.2")}; {@link QemuProfile#newest()} by default
     */
    public FakeQmpServer withProfile(QemuProfile profile) {
        return with(o -> o.profile = profile);
    }

    /**
     * {@return a server that offers other capabilities. Those that are offered can be enabled}
     *
     * @param names their names, none or several; {@code "oob"} by default
     */
    public FakeQmpServer withCapabilities(String... names) {
        return with(o -> o.capabilities = new LinkedHashSet<>(List.of(names)));
    }

    /**
     * {@return a server that greets with another text}
     *
     * @param text is sent as it is, as UTF-8, with nothing added; it may be anything
     */
    public FakeQmpServer withGreeting(String text) {
        return with(o -> {
            o.greeting = text;
            o.greets = true;
        });
    }

    /** {@return a server that does not greet until {@link FakeConnection#greet()} is called, if it ever is} */
    public FakeQmpServer withoutGreeting() {
        return with(o -> o.greets = false);
    }

    /** {@return a server that runs commands from the beginning, as if the negotiation were over} */
    public FakeQmpServer withoutNegotiation() {
        return with(o -> o.negotiates = false);
    }

    /** {@return a server that serves every client at once, where QEMU serves one and lets the next ones wait} */
    public FakeQmpServer withConcurrentClients() {
        return with(o -> o.servesAll = true);
    }

    /**
     * {@return a server that cuts all output into pieces, from the first byte on, as {@link
     * ConnectionFaults#splitOutput(int)}}
     *
     * @param bytes the size of a piece
     * @throws IllegalArgumentException if the size is not positive
     */
    public FakeQmpServer withSplitOutput(int bytes) {
        Checks.positive(bytes, "bytes");
        return with(o -> o.pieceSize = bytes);
    }

    /**
     * {@return a server that resets each connection at a certain byte of its output, counted from the greeting's first}
     *
     * @param bytes how many bytes are sent before
     * @throws IllegalArgumentException if the number is negative
     */
    public FakeQmpServer withResetAfter(long bytes) {
        Checks.notNegative(bytes, "bytes");
        return with(o -> o.resetAfter = bytes);
    }

    /**
     * {@return a server that takes another clock for {@linkplain Answer#delayed delays}}
     *
     * @param scheduler {@code Schedulers.parallel()} by default, looked up at each delay, virtual in {@code
     *     StepVerifier.withVirtualTime}
     */
    public FakeQmpServer withScheduler(Scheduler scheduler) {
        return with(o -> o.scheduler = scheduler);
    }

    /**
     * {@return a server that listens on a certain TCP port}
     *
     * @param port the port; 0, which is the default, for any that is free
     */
    public FakeQmpServer withPort(int port) {
        return with(o -> o.port = port);
    }

    /**
     * {@return a server that takes a certain path for the UNIX socket, in place of one in a temporary folder. Replaces
     * a socket that is there, as QEMU does; removes it when the server is closed}
     *
     * @param path the path; its folder must exist
     */
    public FakeQmpServer withPath(Path path) {
        return with(o -> o.path = path);
    }

    /**
     * {@return a server that speaks TLS, over TCP alone. Only a connection whose handshake of TLS succeeds is one of
     * {@link RunningFakeQmpServer#connections()}}
     *
     * @param context a server's context to listen, a client's context to {@linkplain #startDialling dial}. A client that
     *     checks the name of its server wants a certificate for {@code 127.0.0.1}, or is to be told {@code tcp("localhost", port)} and wants
     *     one for {@code localhost}
     */
    public FakeQmpServer secure(SslContext context) {
        return with(o -> o.tls = context);
    }

    /**
     * Connects again when the connection was closed, or no client listens, as QEMU does with {@code reconnect-ms}
     * (before 9.2 {@code reconnect}).
     *
     * @param interval how long after it, on the clock of {@link #withScheduler}; QEMU before 9.2 knows whole seconds alone
     * @return the new server, for {@link #startDialling}
     * @throws IllegalArgumentException if the interval is not positive
     */
    public FakeQmpServer withReconnect(Duration interval) {
        Checks.positive(interval.toNanos(), "interval");
        return with(o -> o.reconnect = interval);
    }

    /**
     * {@return a server that serves another client already: no client is greeted before {@link
     * RunningFakeQmpServer#releaseOtherClient()}}
     */
    public FakeQmpServer withOtherClient() {
        return with(o -> o.otherClient = true);
    }

    /**
     * {@return a server that answers by a script: what comes has to come in its order, and what is not in it fails the
     * test. What is {@linkplain #when stubbed} as well is answered by its stub, whenever it comes, and is no part of
     * the script. The negotiation is no part of it either}
     *
     * @param script the script, played once by each running server, over all of its connections; in place of one that was
     *     given earlier
     * @throws IllegalArgumentException if the server's {@linkplain #withSchema schema} does not allow what it sends, or lets
     *     what it expects never come
     */
    public FakeQmpServer script(QmpScript script) {
        return new FakeQmpServer(options.with(script.steps()));
    }

    /**
     * Begins to say how a command is answered. What is said later goes first, so that a test can replace what a common
     * set-up says. {@code qmp_capabilities} may be stubbed, too.
     *
     * @param command its name
     * @return what to go on with
     */
    public CommandStub<FakeQmpServer> when(String command) {
        return CommandStub.of(command, this::with);
    }

    /**
     * Begins to say how any command is answered, but for {@code qmp_capabilities}. What is said later goes first, so
     * this is said first.
     *
     * @return what to go on with
     */
    public CommandStub<FakeQmpServer> whenAny() {
        return CommandStub.of(null, this::with);
    }

    /**
     * {@return a server that limits {@link RunningFakeQmpServer#emit(String, String)} as QEMU does. Of some events, one
     * a second is sent: the first, then the last of each second, with its own timestamp. All are sent at once by
     * default}
     */
    public FakeQmpServer withLimitedEvents() {
        return with(o -> o.limitsEvents = true);
    }

    /**
     * Listens on a TCP port of 127.0.0.1; blocks until it does.
     *
     * @return the running server
     * @throws IllegalStateException if {@link #secure} was given a client's context
     * @throws RuntimeException whose cause is an IOException, if it cannot listen
     */
    public RunningFakeQmpServer startTcp() {
        return running(FakeServer.tcp(options), "the server to listen");
    }

    /**
     * Listens on a UNIX socket, in a temporary folder of its own that is removed when the server is closed, or at the path
     * that was given; blocks until it does.
     *
     * @return the running server
     * @throws IllegalStateException if it is to speak TLS
     * @throws RuntimeException whose cause is an IOException, if it cannot listen
     */
    public RunningFakeQmpServer startUnix() {
        return running(FakeServer.unix(options), "the server to listen");
    }

    /**
     * Answers wrong commands as a QEMU of this schema does, so that a test fails where production would.
     *
     * <ul>
     *   <li>Before stubs are asked, commands are refused that the schema has not, that cannot be executed out of band, whatever
     *       {@link CommandStub#allowOob()} says, or whose arguments it does not allow, see {@link SchemaCheck#refusalOf}.
     *   <li>Stubs and scripts are checked, too, as soon as there are both the schema and the stub: commands, arguments, replies
     *       and events. What is computed when a command comes is checked then: if it is wrong, or if no stub answers a command
     *       that is right, the command is answered with a GenericError, and {@link RunningFakeQmpServer#close()} throws an
     *       AssertionError. {@code query-qmp-schema} is answered from the schema.
     *   <li>What is meant to be wrong is not checked: {@link Faults}, {@link Answer#text}, replies
     *       that are {@linkplain Answer#truncated cut off} or have {@linkplain Answer#withId another id}, errors, {@link
     *       FakeConnection#send} and the like.
     * </ul>
     *
     * @param schema for example {@link SchemaCheck#qemu()}; nothing is checked by default
     * @return the new server
     * @throws IllegalArgumentException if a stub or a script that there is already does not fit; says where and why
     */
    public FakeQmpServer withSchema(SchemaCheck schema) {
        return new FakeQmpServer(options.with(schema));
    }

    /**
     * Connects to a client that listens, in place of listening itself, as a QEMU with {@code server=off} does; then greets
     * it. Blocks until it has connected; with {@link #withReconnect} only until it has tried.
     *
     * @param address where the client listens, as {@code QmpListener.address()} tells it and QEMU's command line takes it:
     *     {@code tcp:127.0.0.1:4444}, {@code unix:/path}
     * @return the running server
     * @throws IllegalArgumentException if that is no address
     * @throws IllegalStateException if {@link #secure} was given a server's context
     * @throws RuntimeException whose cause is an IOException, if it cannot connect, and is not to try again
     */
    public RunningFakeQmpServer startDialling(String address) {
        return running(FakeServer.dial(options, AddressParser.parse(address)), "the server to connect to " + address);
    }

    private static RunningFakeQmpServer running(Mono<FakeServer> server, String what) {
        return new RunningFakeQmpServer(Checks.await(server, what));
    }

    FakeQmpServer with(Stub stub) {
        return new FakeQmpServer(options.with(stub));
    }

    private FakeQmpServer with(Consumer<ServerOptions> change) {
        return new FakeQmpServer(options.changed(change));
    }
}
