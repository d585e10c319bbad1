package io.github.qmpreactive.declare;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.EncodeError;
import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.option.OobMode;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.HeldTimers;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(LeakGuard.class)
@DisplayName("Declared commands")
class DeclaredCommandsTest {

    record Status(boolean running, String status) {}

    record Image(@Nullable Long virtualSize) {}

    record Inserted(String nodeName, @Nullable Image image, Optional<Long> bpsRd) {}

    record Device(String device, Optional<Inserted> inserted) {}

    record Login(String password, int port) {}

    record Endless(String name) {
        @JsonProperty
        Endless again() {
            return new Endless(name);
        }
    }

    record Unlinked(String name) {
        @JsonProperty
        String linked() {
            throw new NoClassDefFoundError("org/example/Missing");
        }
    }

    interface Commands {
        @Execute("query-status")
        Mono<Status> status();

        @Execute("query-status")
        Mono<JsonNode> json();

        @Execute("query-status")
        Mono<Map<String, Object>> map();

        @Execute("query-block")
        Flux<Device> block();

        @Execute("query-vnc")
        Mono<Login> login();

        @Execute("device_del")
        Mono<Void> remove(@Nullable String id);

        @Execute("object-add")
        Mono<Void> addObject(@Arguments Object object);

        @Execute("qom-set")
        Mono<Void> set(String path, String property, Object value);

        @Execute(value = "yank", oob = true)
        Mono<Void> yank(List<String> instances);

        @Execute(value = "stop", timeout = "PT7S")
        Mono<Void> stop(@Nullable Duration limit);

        default Mono<Boolean> isRunning() {
            return status().map(Status::running);
        }

        @Override
        boolean equals(Object other);
    }

    private final FakeQmpServer fake = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"running\": true, \"status\": \"running\", \"singlestep\": false}")
            .when("device_del")
            .reply("{}")
            .when("object-add")
            .reply("{}")
            .when("qom-set")
            .reply("{}");

    private @Nullable RunningFakeQmpServer server;
    private @Nullable QmpSession session;

    private Commands start(FakeQmpServer server) {
        this.server = server.startUnix();
        this.session = QmpClient.create()
                .address(this.server.address())
                .name("vm")
                .connect()
                .block(PATIENCE);
        return QmpCommands.of(session(), Commands.class);
    }

    private QmpSession session() {
        return Objects.requireNonNull(session);
    }

    private RunningFakeQmpServer server() {
        return Objects.requireNonNull(server);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            assertTrue(session().isRunning(), "no call ends the session");
            session().disconnect().block(PATIENCE);
            server.close();
        }
    }

    @Test
    @DisplayName("Each subscription sends the command once, and nothing is sent before")
    void cold() {
        Commands commands = start(fake);
        Mono<Status> status = commands.status();
        session().execute("device_del", Map.of("id", "x")).block(PATIENCE);
        assertEquals(List.of(), server().received("query-status"));
        StepVerifier.create(status.repeat(1))
                .expectNext(new Status(true, "running"), new Status(true, "running"))
                .expectComplete()
                .verify(PATIENCE);
        assertEquals(2, server().received("query-status").size());
        assertFalse(server().received("query-status").get(0).raw().has("arguments"));
    }

    @Test
    @DisplayName("A result is a record, JSON, a map or nothing, and a Flux is the elements of a list")
    void results() {
        Commands commands = start(fake.when("query-block")
                .reply("[{\"device\": \"a\", \"inserted\": {\"node-name\": \"n\", \"bps_rd\": 5}},"
                        + " null, {\"device\": \"b\", \"tray_open\": true}]"));
        StepVerifier.create(commands.block())
                .expectNext(
                        new Device("a", Optional.of(new Inserted("n", null, Optional.of(5L)))),
                        new Device("b", Optional.empty()))
                .expectComplete()
                .verify(PATIENCE);
        assertEquals(
                "running",
                Objects.requireNonNull(commands.json().block(PATIENCE))
                        .path("status")
                        .asString());
        assertEquals(
                Map.of("running", true, "status", "running", "singlestep", false),
                commands.map().block(PATIENCE));
        StepVerifier.create(commands.remove("usb0")).expectComplete().verify(PATIENCE);
        assertEquals(
                "{\"id\":\"usb0\"}",
                server().received("device_del").get(0).arguments().toString());
    }

    @Test
    @DisplayName("A Flux requests the elements that its subscriber does")
    void demand() {
        Commands commands = start(
                fake.when("query-block").reply("[{\"device\": \"a\"}, {\"device\": \"b\"}, {\"device\": \"c\"}]"));
        StepVerifier.create(commands.block().map(Device::device), 1)
                .expectNext("a")
                .thenRequest(1)
                .expectNext("b")
                .thenCancel()
                .verify(PATIENCE);
        assertEquals(1, server().received("query-block").size());
    }

    @Test
    @DisplayName("A null is not sent; JSON's own null is")
    void nulls() {
        Commands commands = start(fake);
        commands.remove(null).block(PATIENCE);
        assertFalse(server().received("device_del").get(0).raw().has("arguments"));
        commands.set("/machine", "x", JsonMapper.shared().nullNode()).block(PATIENCE);
        assertEquals(
                "{\"path\":\"/machine\",\"property\":\"x\",\"value\":null}",
                server().received("qom-set").get(0).arguments().toString());
    }

    @Test
    @DisplayName("A result that does not fit is a ResultTypeError with the command, the member and its value")
    void misfit() {
        Commands commands = start(fake.when("query-block")
                .reply(
                        "[{\"device\": \"a\"}, {\"inserted\": {\"image\": {\"virtual-size\": \"many\"}}}]",
                        "{\"device\": \"a\"}",
                        "[{\"inserted\": {\"bps_rd\": 18446744073709551615}}]"));
        assertMisfit(commands.block(), "query-block", "[1].inserted.image.virtual-size is \"many\"");
        assertMisfit(commands.block(), "query-block", "java.util.ArrayList");
        assertMisfit(commands.block(), "query-block", "[0].inserted.bps-rd is 18446744073709551615");
    }

    private static void assertMisfit(Flux<Device> call, String... words) {
        StepVerifier.create(call)
                .expectErrorSatisfies(e -> {
                    assertEquals(ResultTypeError.class, e.getClass());
                    for (String word : words) {
                        assertTrue(e.getMessage().contains(word), e::getMessage);
                    }
                    assertTrue(e.getMessage().startsWith("[vm] "), e::getMessage);
                })
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("The error hides a result that holds a secret")
    void secret() {
        Commands commands =
                start(fake.when("query-vnc").reply("{\"password\": \"open sesame\", \"port\": \"sesame\"}"));
        ResultTypeError error =
                assertThrows(ResultTypeError.class, () -> commands.login().block(PATIENCE));
        assertFalse(error.getMessage().contains("sesame"), error::getMessage);
        assertTrue(error.getMessage().contains("query-vnc"), error::getMessage);
    }

    @Test
    @DisplayName("An error of QEMU is an ExecuteError")
    void error() {
        Commands commands =
                start(FakeQmpServer.create().when("device_del").error("DeviceNotFound", "Device 'x' not found"));
        StepVerifier.create(commands.remove("x"))
                .expectErrorSatisfies(e -> assertEquals("DeviceNotFound", ((ExecuteError) e).errorClass()))
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("Arguments that make no JSON are an EncodeError, and nothing is sent")
    void encode() {
        Commands commands = start(fake);
        assertEncodeError(commands.addObject("text"), "must make a JSON object");
        assertEncodeError(commands.addObject(new Endless("a")), "object-add");
        assertEncodeError(
                commands.set("p", "q", new Endless("a")), "The argument value of qom-set cannot be turned into JSON");
        assertEncodeError(
                commands.set("p", "q", new Unlinked("a")), "java.lang.NoClassDefFoundError: org/example/Missing");
        assertEncodeError(commands.addObject(new Unlinked("a")), "java.lang.NoClassDefFoundError: org/example/Missing");
        assertEncodeError(commands.stop(Duration.ZERO), "PT0S");
        assertEncodeError(commands.set("p", "q", "\ud800"), "qom-set");
        session().execute("query-status").block(PATIENCE);
        assertEquals(2, server().received().size(), () -> server().received().toString());
    }

    private static void assertEncodeError(Mono<Void> call, String words) {
        StepVerifier.create(call)
                .expectErrorSatisfies(e -> {
                    assertEquals(EncodeError.class, e.getClass());
                    assertTrue(e.getMessage().contains(words), e::getMessage);
                    assertTrue(e.getMessage().startsWith("[vm] "), e::getMessage);
                })
                .verify(PATIENCE);
    }

    @Test
    @DisplayName("A command that is oob goes out of band, and where that is off it is not sent")
    void oob() {
        Commands commands =
                start(fake.withConcurrentClients().when("yank").allowOob().reply("{}"));
        commands.yank(List.of("a")).block(PATIENCE);
        assertTrue(server().received("yank").get(0).isOob());
        QmpClient inBand = QmpClient.create().address(server().address()).oob(OobMode.OFF);
        StepVerifier.create(inBand.use(
                        session -> QmpCommands.of(session, Commands.class).yank(List.of("a"))))
                .expectError(EncodeError.class)
                .verify(PATIENCE);
        assertEquals(1, server().received("yank").size());
    }

    @Test
    @DisplayName("The timeout of the annotation limits each call, and a Duration takes its place")
    void timeouts() {
        try (HeldTimers timers = new HeldTimers()) {
            Commands commands = start(fake.when("stop").silent());
            StepVerifier.create(commands.stop(null))
                    .then(() -> server().awaitCommand("stop"))
                    .then(() -> timers.runOut(Duration.ofSeconds(7)))
                    .expectError(ExecTimeoutError.class)
                    .verify(PATIENCE);
            StepVerifier.create(commands.stop(Duration.ofSeconds(90)))
                    .then(() -> server().awaitCommand("stop", 1))
                    .then(() -> timers.runOut(Duration.ofSeconds(90)))
                    .expectError(ExecTimeoutError.class)
                    .verify(PATIENCE);
        }
    }

    @Test
    @DisplayName("Default methods call the others, and what every object has works")
    void ofObjects() {
        Commands commands = start(fake);
        assertEquals(true, commands.isRunning().block(PATIENCE));
        assertEquals("Commands[vm]", commands.toString());
        assertEquals(commands, commands);
        assertNotEquals(commands, QmpCommands.of(session(), Commands.class));
        assertEquals(commands.hashCode(), commands.hashCode());
    }

    @Test
    @DisplayName("Where no session is emitted, calls are a StateError, for nothing was sent")
    void noSession() {
        Commands commands = QmpCommands.of(Mono.<QmpSession>empty(), Commands.class);
        StepVerifier.create(commands.remove("usb0"))
                .expectError(StateError.class)
                .verify(PATIENCE);
        StepVerifier.create(commands.json()).expectError(StateError.class).verify(PATIENCE);
        StepVerifier.create(commands.block()).expectError(StateError.class).verify(PATIENCE);
    }

    record Snake(String nodeName) {}

    interface Snakes {
        @Execute("object-add")
        Mono<Void> add(@Arguments Snake object);
    }

    @Test
    @DisplayName("A mapper of the application names members in its own way")
    void ownMapper() {
        start(fake);
        JsonMapper mapper = QmpCommands.mapper()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        QmpCommands.of(session(), Snakes.class, mapper).add(new Snake("a")).block(PATIENCE);
        QmpCommands.of(session(), Snakes.class).add(new Snake("a")).block(PATIENCE);
        assertEquals(
                List.of("{\"node_name\":\"a\"}", "{\"node-name\":\"a\"}"),
                server().received("object-add").stream()
                        .map(command -> command.arguments().toString())
                        .toList());
    }
}
