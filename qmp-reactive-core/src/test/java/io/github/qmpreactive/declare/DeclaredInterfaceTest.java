package io.github.qmpreactive.declare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.Garbage;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@DisplayName("An interface that declares commands")
class DeclaredInterfaceTest {

    record Node(String driver, String nodeName) {}

    interface Lists<T> {
        @Execute("query")
        Flux<T> all();
    }

    interface Good extends Lists<Node> {
        @Execute(value = "blockdev-del", oob = true, timeout = "PT5S")
        Mono<Void> delete(String nodeName, @ArgumentName("x_y") Optional<Integer> other, Duration limit);

        @Execute("blockdev-add")
        Mono<Void> add(@Arguments Node node);

        @Execute("query-status")
        Mono<JsonNode> status();

        @Override
        String toString();

        default Mono<Void> addAll() {
            return Mono.empty();
        }

        static int count() {
            return 1;
        }
    }

    private static DeclaredCommand command(String method) {
        return DeclaredInterface.of(Good.class).commands().values().stream()
                .filter(command -> command.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    private static QmpCommand call(String method, @Nullable Object... values) {
        return command(method).with(values, DeclaredInterface.of(Good.class).mapper());
    }

    @Test
    @DisplayName("names arguments as QEMU does, and leaves out what is null or empty")
    void arguments() {
        QmpCommand delete = call("delete", "disk0", Optional.of(5), null);
        assertEquals("{\"node-name\":\"disk0\",\"x_y\":5}", delete.arguments().toString());
        assertTrue(delete.isOob());
        assertEquals(Optional.of(Duration.ofSeconds(5)), delete.timeout());
        QmpCommand empty = call("delete", null, Optional.empty(), Duration.ofMinutes(1));
        assertEquals(QmpCommand.of("blockdev-del").oob().timeout(Duration.ofMinutes(1)), empty);
        assertEquals(
                "{\"driver\":\"file\",\"node-name\":\"a\"}",
                call("add", new Node("file", "a")).arguments().toString());
        assertEquals(QmpCommand.of("blockdev-add"), call("add", (Object) null));
    }

    @Test
    @DisplayName("may extend one that has a type parameter")
    void inherited() {
        assertEquals(Node.class, command("all").result().getContentType().getRawClass());
    }

    interface Wider {
        Publisher<Node> node();
    }

    interface Narrower extends Wider {
        @Override
        @Execute("query")
        Mono<Node> node();
    }

    @Test
    @DisplayName("may narrow what a method returns")
    void narrowed() {
        assertEquals(
                List.of("query"),
                DeclaredInterface.of(Narrower.class).commands().values().stream()
                        .map(command -> command.command().name())
                        .toList());
    }

    @Test
    @DisplayName("is read once")
    void once() {
        assertSame(DeclaredInterface.of(Good.class), DeclaredInterface.of(Good.class));
    }

    interface NoExecute {
        Mono<Void> quit();
    }

    interface Blocking {
        @Execute("query-status")
        JsonNode status();
    }

    interface Raw {
        @Execute("query-status")
        @SuppressWarnings("rawtypes")
        Mono status();
    }

    interface Voids {
        @Execute("query-status")
        Flux<Void> status();
    }

    interface Generic {
        @Execute("query-status")
        <T> Mono<T> status();
    }

    interface GenericInterface<T> {
        @Execute("query-status")
        Mono<T> status();
    }

    interface Blank {
        @Execute(" ")
        Mono<Void> status();
    }

    interface Seconds {
        @Execute(value = "stop", timeout = "30s")
        Mono<Void> stop();
    }

    interface NoTime {
        @Execute(value = "stop", timeout = "PT0S")
        Mono<Void> stop();
    }

    interface Twice {
        @Execute("stop")
        Mono<Void> stop(String nodeName, @ArgumentName("node-name") String other);
    }

    interface TwoLimits {
        @Execute("stop")
        Mono<Void> stop(Duration one, Duration other);
    }

    interface MaybeLimit {
        @Execute("stop")
        Mono<Void> stop(Optional<Duration> limit);
    }

    interface MaybeDescriptor {
        @Execute("add_client")
        Mono<Void> add(Optional<FdSource> fd);
    }

    interface Beside {
        @Execute("blockdev-add")
        Mono<Void> add(@Arguments Node node, String id);
    }

    interface NoObject {
        @Execute("blockdev-add")
        Mono<Void> add(@Arguments List<Node> nodes);
    }

    interface Body {
        @Execute("stop")
        default Mono<Void> stop() {
            return Mono.empty();
        }
    }

    interface Silent {
        @Execute(value = "guest-shutdown", withoutReply = true)
        Mono<JsonNode> shutdown();
    }

    interface Two {
        Mono<Void> one();

        Mono<Void> other();
    }

    static List<List<Object>> wrong() {
        return List.of(
                List.of(NoExecute.class, "quit: it has no @Execute"),
                List.of(Blocking.class, "status: it returns tools.jackson.databind.JsonNode; declare Mono<T>"),
                List.of(Raw.class, "status: it returns reactor.core.publisher.Mono"),
                List.of(Voids.class, "status: it returns"),
                List.of(Generic.class, "status: it has a type parameter"),
                List.of(GenericInterface.class, "has a type parameter"),
                List.of(Blank.class, "status: The name of a command must not be blank"),
                List.of(Seconds.class, "stop: its timeout \"30s\" is no duration; write \"PT30S\""),
                List.of(NoTime.class, "stop: The timeout of stop is PT0S"),
                List.of(Twice.class, "stop: it has two parameters for the argument node-name"),
                List.of(TwoLimits.class, "stop: it has two parameters for the limit"),
                List.of(
                        MaybeLimit.class,
                        "stop: it has a java.util.Optional<java.time.Duration>; declare Duration itself"),
                List.of(MaybeDescriptor.class, "; declare FdSource itself, which may be null"),
                List.of(Beside.class, "add: @Arguments are all arguments, and it has others beside them: [id]"),
                List.of(NoObject.class, "add: @Arguments is at a java.util.List"),
                List.of(Body.class, "stop: it has @Execute and a body"),
                List.of(Silent.class, "shutdown: it is withoutReply"),
                List.of(Two.class, "one: it has no @Execute, and is no default method; other: it has"),
                List.of(Node.class, "is no interface"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    @DisplayName("is refused with every method that declares no command, and why")
    void refused(List<Object> wrong) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> DeclaredInterface.of((Class<?>) wrong.get(0)))
                .getMessage();
        assertTrue(message.contains((String) wrong.get(1)), message);
        assertTrue(message.startsWith(((Class<?>) wrong.get(0)).getName()), message);
    }

    @Test
    @DisplayName("needs the names of parameters, by -parameters or by @ArgumentName")
    void withoutNames() throws NoSuchMethodException {
        // Classes of the JDK are compiled without the option.
        Method compare = java.util.Comparator.class.getMethod("compare", Object.class, Object.class);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> DeclaredParameter.of(
                                compare.getParameters()[0],
                                DeclaredInterface.of(Good.class).mapper().constructType(Object.class)))
                .getMessage();
        assertTrue(message.contains("compile with -parameters, or name it with @ArgumentName"), message);
    }

    /** Has classes of this test once more, as a web application has its own. */
    private static final class Application extends ClassLoader {

        Application() {
            super(DeclaredInterfaceTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(DeclaredInterfaceTest.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = Objects.requireNonNull(getResourceAsStream(name.replace('.', '/') + ".class"))) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static WeakReference<ClassLoader> used() throws ReflectiveOperationException {
        ClassLoader loader = new Application();
        Class<?> type = loader.loadClass(Good.class.getName());
        DeclaredInterface declared = DeclaredInterface.of(type);
        assertTrue(declared != DeclaredInterface.of(Good.class));
        DeclaredCommand all = declared.commands().values().stream()
                .filter(command -> command.method().equals("all"))
                .findFirst()
                .orElseThrow();
        JsonNode nodes = declared.mapper().valueToTree(List.of(Map.of("node-name", "a")));
        Object converted = Results.convert("vm", QmpCommand.of("query"), nodes, all.result(), declared.mapper());
        all.with(new Object[] {}, declared.mapper());
        Object node = ((List<?>) converted).get(0);
        assertSame(loader, node.getClass().getClassLoader());
        declared.mapper().valueToTree(node);
        return new WeakReference<>(loader);
    }

    @Test
    @DisplayName("goes with its class loader when an application is stopped")
    void classLoader() throws ReflectiveOperationException {
        Garbage.assertCollected(used());
    }
}
