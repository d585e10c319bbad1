package io.github.qmpreactive.observe;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

@ExtendWith(LeakGuard.class)
@DisplayName("MicrometerObserver")
class MicrometerObserverTest {

    private static final FakeQmpServer MACHINE = FakeQmpServer.create()
            .when("query-status")
            .reply("{\"status\": \"running\", \"running\": true}")
            .when("slow")
            .silent();

    private final Handled handled = new Handled();
    private final ObservationRegistry registry = Handled.registry(handled);

    private QmpClient client(RunningFakeQmpServer server) {
        return QmpClient.create().address(server.address()).name("vm").observer(MicrometerObserver.of(registry));
    }

    private static <T> T await(Mono<T> mono) {
        return Objects.requireNonNull(mono.block(PATIENCE));
    }

    private static void fails(Mono<?> mono) {
        StepVerifier.create(mono).expectError().verify(PATIENCE);
    }

    private Observation.Context only(String name) {
        List<Observation.Context> all = handled.of(name);
        assertEquals(1, all.size(), all::toString);
        return all.get(0);
    }

    @Test
    @DisplayName("makes an observation of a command, with bounded tags, and the session for spans alone")
    void command() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).connect());
            await(session.execute("query-status"));
            Observation.Context context = only("qmp.command");
            assertEquals("qmp query-status", context.getContextualName());
            assertEquals(
                    Map.of(
                            "command", "query-status",
                            "peer", "monitor",
                            "outcome", "success",
                            "error.class", "none",
                            "written", "true"),
                    Handled.tags(context));
            assertEquals(
                    KeyValues.of("session", "vm", "command.name", "query-status"),
                    KeyValues.of(context.getHighCardinalityKeyValues()));
            assertNull(context.getError());
            assertEquals(List.of("qmp.session.open connected", "qmp.command written"), handled.events());
        }
    }

    @Test
    @DisplayName("makes an observation of the opening of a session, with its outcome and its parent")
    void opening(@TempDir Path folder) {
        Observation parent = Observation.start("parent", registry);
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session =
                    await(client(server).connect().contextWrite(Context.of(MicrometerObserver.CONTEXT_KEY, parent)));
            Observation.Context context = only("qmp.session.open");
            assertEquals(Map.of("peer", "monitor", "outcome", "success"), Handled.tags(context));
            assertSame(parent.getContextView(), contextOf(context));
            session.disconnect().block(PATIENCE);
        }
        parent.stop();
        fails(QmpClient.create()
                .unixSocket(folder.resolve("no"))
                .name("vm")
                .observer(MicrometerObserver.of(registry))
                .connect());
        Observation.Context failed = handled.of("qmp.session.open").get(1);
        assertEquals("not_found", Handled.tags(failed).get("outcome"));
        assertNotNull(failed.getError());
        assertFalse(handled.text().contains(folder.toString()), handled::text);
    }

    @Test
    @DisplayName("has no words of the server in the error of an opening")
    void refusedOpening() {
        try (RunningFakeQmpServer server = MACHINE.when("qmp_capabilities")
                .error("GenericError", "the words of the server")
                .startTcp()) {
            fails(client(server).connect());
        }
        assertEquals("protocol", Handled.tags(only("qmp.session.open")).get("outcome"));
        assertFalse(handled.text().contains("the words"), handled::text);
    }

    private static Object contextOf(Observation.Context context) {
        return Objects.requireNonNull(context.getParentObservation()).getContextView();
    }

    @Test
    @DisplayName("takes the parent from Reactor's context, also if the command waits and is written on the event loop")
    void parentOfOneThatWaits() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).maxInFlight(1).connect());
            FakeConnection connection = server.awaitConnection();
            Observation first = Observation.start("first", registry);
            Observation second = Observation.start("second", registry);
            var slow = session.execute("slow")
                    .contextWrite(Context.of(MicrometerObserver.CONTEXT_KEY, first))
                    .toFuture();
            var command = connection.awaitCommand("slow");
            var waiting = session.execute("query-status")
                    .contextWrite(Context.of(MicrometerObserver.CONTEXT_KEY, second))
                    .toFuture();
            List<String> before = handled.events();
            connection.reply(command, "{}");
            await(Mono.fromFuture(slow));
            await(Mono.fromFuture(waiting));
            List<Observation.Context> commands = handled.of("qmp.command");
            assertSame(first.getContextView(), contextOf(commands.get(0)));
            assertSame(second.getContextView(), contextOf(commands.get(1)));
            assertEquals(1, handled.events().size() - before.size(), "it was written when the first was answered");
        }
    }

    @Test
    @DisplayName("takes the current observation of the thread where Reactor's context has none")
    void parentOfTheThread() {
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server).connect());
            Observation current = Observation.start("current", registry);
            try (Observation.Scope scope = current.openScope()) {
                await(session.execute("query-status"));
                assertSame(current, scope.getCurrentObservation());
            }
            assertSame(current.getContextView(), contextOf(only("qmp.command")));
        }
    }

    @Test
    @DisplayName("uses the key that Micrometer itself has")
    void key() throws IOException {
        String accessor = "/io/micrometer/observation/contextpropagation/ObservationThreadLocalAccessor.class";
        try (InputStream bytes = Objects.requireNonNull(ObservationRegistry.class.getResourceAsStream(accessor))) {
            assertTrue(new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .contains(MicrometerObserver.CONTEXT_KEY));
        }
    }

    @Test
    @DisplayName("has no argument and no secret in anything that it hands on, also where QEMU's error quotes them")
    void secrets() {
        FakeQmpServer machine = MACHINE.when("object-add").error("GenericError", "cannot add hunter2 to sekret0");
        try (RunningFakeQmpServer server = machine.startTcp()) {
            QmpSession session = await(client(server).connect());
            Map<String, String> arguments = Map.of("qom-type", "secret", "id", "sekret0", "data", "hunter2");
            StepVerifier.create(session.execute("object-add", arguments))
                    .expectErrorMatches(e -> e instanceof ExecuteError refused
                            && refused.description().contains("hunter2"))
                    .verify(PATIENCE);
            fails(session.execute("lone", Map.of("hunter2", "sekret0\ud800")));
            var slow = session.execute("slow", arguments).toFuture();
            FakeConnection connection = server.awaitConnection();
            connection.awaitCommand("slow");
            connection.send("{\"error\": {\"class\": \"GenericError\", \"desc\": \"no hunter2 of sekret0\"}}");
            fails(Mono.fromFuture(slow));
            assertEquals(
                    List.of("error", "refused", "disconnected"),
                    handled.of("qmp.command").stream()
                            .map(context -> Handled.tags(context).get("outcome"))
                            .toList());
            String text = handled.text();
            assertTrue(text.contains("GenericError") && text.contains("ExecuteError"), text);
            assertFalse(text.contains("hunter2") || text.contains("sekret0"), text);
        }
    }

    @Test
    @DisplayName("gives names that QEMU does not have one tag, of which those that begin are bounded, too")
    void garbage() {
        int names = 3 * KnownNames.MAX_UNANSWERED;
        FakeQmpServer machine = MACHINE.when("x".repeat(500)).commandNotFound();
        for (int i = 0; i < names; i++) {
            machine = machine.when("garbage-" + i).commandNotFound();
        }
        try (RunningFakeQmpServer server = machine.startTcp()) {
            QmpSession session = await(client(server).connect());
            Flux.range(0, names)
                    .flatMap(i -> session.execute("garbage-" + i).onErrorComplete())
                    .blockLast(PATIENCE);
            fails(session.execute("x".repeat(500)));
            await(session.execute("query-status"));
            Set<String> tags = new TreeSet<>();
            handled.of("qmp.command")
                    .forEach(context -> tags.add(Handled.tags(context).get("command")));
            assertEquals(Set.of("query-status", "unknown"), tags);
            assertEquals(names + 2, handled.of("qmp.command").size());
            long begun = handled.startTags().stream().distinct().count();
            assertTrue(begun <= KnownNames.MAX_UNANSWERED + 3, "tags at the beginning: " + begun);
        }
    }

    @Test
    @DisplayName("tells QEMU's error class, and that of a server that makes one up as other")
    void errorClasses() {
        FakeQmpServer machine =
                MACHINE.when("stop").error("DeviceNotFound", "x").when("cont").error("MadeUp" + "x".repeat(50), "x");
        try (RunningFakeQmpServer server = machine.startTcp()) {
            QmpSession session = await(client(server).connect());
            fails(session.execute("stop"));
            fails(session.execute("cont"));
            assertEquals(
                    List.of("DeviceNotFound", "other"),
                    handled.of("qmp.command").stream()
                            .map(context -> Handled.tags(context).get("error.class"))
                            .toList());
        }
    }

    @Test
    @DisplayName("names and tags as a convention of the application has them, given to it or to the registry")
    void conventions() {
        QmpCommandConvention own = new QmpCommandConvention() {
            @Override
            public String getName() {
                return "vm.command";
            }

            @Override
            public KeyValues getLowCardinalityKeyValues(QmpCommandContext context) {
                return KeyValues.of("session", context.command().session());
            }
        };
        List<String> opened = new CopyOnWriteArrayList<>();
        registry.observationConfig().observationConvention(new QmpSessionConvention() {
            @Override
            public String getName() {
                opened.add("asked");
                return "vm.open";
            }
        });
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server)
                    .observer(MicrometerObserver.of(registry).commandConvention(own))
                    .connect());
            await(session.execute("query-status"));
            assertEquals(Map.of("session", "vm"), Handled.tags(only("vm.command")));
            assertEquals(Map.of("peer", "monitor", "outcome", "success"), Handled.tags(only("vm.open")));
            assertFalse(opened.isEmpty());
        }
    }

    @Test
    @DisplayName("does nothing with a registry that has no handler")
    void noop() {
        List<String> asked = new ArrayList<>();
        QmpCommandConvention never = new QmpCommandConvention() {
            @Override
            public String getName() {
                asked.add("asked");
                return "never";
            }
        };
        try (RunningFakeQmpServer server = MACHINE.startTcp()) {
            QmpSession session = await(client(server)
                    .observer(MicrometerObserver.of(ObservationRegistry.NOOP).commandConvention(never))
                    .connect());
            await(session.execute("query-status"));
            assertEquals(List.of(), asked);
        }
    }

    @Test
    @DisplayName("throws what a handler has thrown as it begins, also if it throws the same again as it ends")
    void sameThrownTwice() {
        IllegalStateException same = new IllegalStateException("the same each time");
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStart(Observation.Context context) {
                throw same;
            }

            @Override
            public void onStop(Observation.Context context) {
                throw same;
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        ObservedSession vm = new ObservedSession("vm", Peer.MONITOR);
        MicrometerObserver observer = MicrometerObserver.of(registry);
        assertSame(same, assertThrows(IllegalStateException.class, () -> observer.sessionOpening(vm, Context.empty())));
    }
}
