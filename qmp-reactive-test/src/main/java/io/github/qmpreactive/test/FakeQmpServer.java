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
     * {@return the guest agent in place of a monitor: it neither greets nor negotiates, has no capabilities, answers {@code
     * guest-sync-delimited} behind the byte 0xFF, {@code guest-sync} and {@code guest-ping}. Stub what else it is to answer. It
     * answers a byte 0xFF with the error of a stray byte, as QEMU does}
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
     * {@return a server that cuts all output into pieces, from the first byte on, as {@link ConnectionFaults#splitOutput}}
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
     * {@return a server with a certain path of the UNIX socket, in place of one in a temporary folder}
     *
     * @param path in a folder that exists. Replaces a socket there, as QEMU does; removes it when the server is closed
     */
    public FakeQmpServer withPath(Path path) {
        return with(o -> o.path = path);
    }

    /**
     * {@return a server that speaks TLS, over TCP alone. Only a connection whose handshake of TLS succeeds is one of
     * {@link RunningFakeQmpServer#connections()}}
     *
     * @param context a server's context to listen, a client's context to {@linkplain #startDialling dial}. A client that
     *     checks the name of its server needs a certificate for {@code 127.0.0.1}, or for {@code localhost} with the address
     *     {@code tcp("localhost", port)}
     */
    public FakeQmpServer secure(SslContext context) {
        return with(o -> o.tls = context);
    }

    /**
     * {@return a server that connects again when its connection was closed, or no client listens, as QEMU does with {@code
     * reconnect-ms} (before 9.2 {@code reconnect}); for {@link #startDialling}}
     *
     * @param interval how long after it, on the clock of {@link #withScheduler}; QEMU before 9.2 knows whole seconds alone
     * @throws IllegalArgumentException if the interval is not positive
     */
    public FakeQmpServer withReconnect(Duration interval) {
        Checks.positive(interval.toNanos(), "interval");
        return with(o -> o.reconnect = interval);
    }

    /** {@return a server that greets no client before {@link RunningFakeQmpServer#releaseOtherClient()}: it serves another} */
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
     * @throws IllegalArgumentException if the {@linkplain #withSchema schema} refuses what it sends or expects
     */
    public FakeQmpServer script(QmpScript script) {
        return new FakeQmpServer(options.with(script.steps()));
    }

    /**
     * {@return the stub of a command, to say how it is answered. A later stub goes first, so that a test can replace one of a
     * common set-up}
     *
     * @param command its name; {@code qmp_capabilities}, too
     */
    public CommandStub<FakeQmpServer> when(String command) {
        return CommandStub.of(command, this::with);
    }

    /** {@return the stub of any command but {@code qmp_capabilities}. Later stubs go first, so say this before others} */
    public CommandStub<FakeQmpServer> whenAny() {
        return CommandStub.of(null, this::with);
    }

    /**
     * {@return a server that limits {@link RunningFakeQmpServer#emit(String, String)} as QEMU does: of some events, the first is
     * sent, then the last of each second, with its own timestamp. By default all are sent at once}
     */
    public FakeQmpServer withLimitedEvents() {
        return with(o -> o.limitsEvents = true);
    }

    /**
     * {@return the server, which listens on a TCP port of 127.0.0.1. Blocks until it does}
     *
     * @throws IllegalStateException if {@link #secure} was given a client's context
     * @throws RuntimeException whose cause is an IOException, if it cannot listen
     */
    public RunningFakeQmpServer startTcp() {
        return running(FakeServer.tcp(options), "the server to listen");
    }

    /**
     * {@return the server, which listens on a UNIX socket, in a temporary folder of its own that is removed when the server is
     * closed, or at the path of {@link #withPath}. Blocks until it does}
     *
     * @throws IllegalStateException if it is {@link #secure}
     * @throws RuntimeException whose cause is an IOException, if it cannot listen
     */
    public RunningFakeQmpServer startUnix() {
        return running(FakeServer.unix(options), "the server to listen");
    }

    /**
     * {@return a server that answers wrong commands as a QEMU of a schema does, so that a test fails where production would}
     *
     * <ul>
     *   <li>Before stubs are asked, commands are refused that the schema has not, that cannot be executed out of band, whatever
     *       {@link CommandStub#allowOob()} says, or whose arguments it does not allow, see {@link SchemaCheck#refusalOf}.
     *   <li>Stubs and scripts are checked, too, as soon as there are both the schema and the stub: commands, arguments, replies
     *       and events. What is computed when a command comes is checked then: if it is wrong, or if no stub answers a command
     *       that is right, the command is answered with a GenericError, and {@link RunningFakeQmpServer#close()} throws an
     *       AssertionError. {@code query-qmp-schema} is answered from the schema.
     *   <li>What is meant to be wrong is not checked: {@link Faults}, {@link Answer#text}, replies that are {@linkplain
     *       Answer#truncated cut off} or have {@linkplain Answer#withId another id}, errors, {@link FakeConnection#send}.
     * </ul>
     *
     * @param schema for example {@link SchemaCheck#qemu()}; nothing is checked by default
     * @throws IllegalArgumentException if a stub or a script that there is already does not fit; says where and why
     */
    public FakeQmpServer withSchema(SchemaCheck schema) {
        return new FakeQmpServer(options.with(schema));
    }

    /**
     * {@return the server, which connects to a client that listens, as a QEMU with {@code server=off}; then greets it. Blocks
     * until it has connected; with {@link #withReconnect} only until it has tried}
     *
     * @param address that of {@code QmpListener.address()}: {@code tcp:127.0.0.1:4444}, {@code unix:/path}
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
