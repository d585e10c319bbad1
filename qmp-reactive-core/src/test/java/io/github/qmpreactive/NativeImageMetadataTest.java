package io.github.qmpreactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.jna.Library;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@DisplayName("The metadata for native images")
class NativeImageMetadataTest {

    private static final String FOLDER = "/META-INF/native-image/io.github.qmp-reactive/qmp-reactive-core/";
    private static final Path CLASSES = Path.of("target", "classes");

    private static JsonNode read(String file) throws IOException {
        try (InputStream json = NativeImageMetadataTest.class.getResourceAsStream(FOLDER + file)) {
            assertNotNull(json, file);
            return JsonMapper.shared().readTree(json);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, NativeImageMetadataTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError("There is no " + name, e);
        }
    }

    private static Set<String> names(JsonNode entries, String member) {
        Set<String> names = new TreeSet<>();
        for (JsonNode entry : entries) {
            load(entry.path("condition").path("typeReachable").stringValue());
            JsonNode value = entry.path(member);
            if (value.isArray()) {
                value.forEach(each -> names.add(each.stringValue()));
            } else {
                names.add(value.stringValue());
            }
        }
        names.forEach(NativeImageMetadataTest::load);
        return names;
    }

    private static Set<String> own(Predicate<Class<?>> wanted) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(CLASSES)) {
            files.map(file -> CLASSES.relativize(file).toString())
                    .filter(file -> file.endsWith(".class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .filter(name -> wanted.test(load(name)))
                    .forEach(names::add);
        }
        assertTrue(!names.isEmpty(), "the classes are not where they were");
        return names;
    }

    @Test
    @DisplayName("names each handler of a Netty pipeline, whose methods Netty looks at, and nothing that there is not")
    void handlers() throws IOException {
        Set<String> listed = names(read("reflect-config.json"), "name");
        Set<String> handlers = own(type -> ChannelHandler.class.isAssignableFrom(type) && !type.isInterface());
        assertTrue(listed.containsAll(handlers), () -> handlers + " in " + listed);
        listed.removeAll(handlers);
        assertEquals(own(type -> isLibrary(type)), without(listed, "com.sun.jna.Native"));
    }

    @Test
    @DisplayName("names each interface that JNA makes a proxy of")
    void proxies() throws IOException {
        assertEquals(own(type -> isLibrary(type)), names(read("proxy-config.json"), "interfaces"));
    }

    private static boolean isLibrary(Class<?> type) {
        return type.isInterface() && Library.class.isAssignableFrom(type);
    }

    private static Set<String> without(Set<String> names, String name) {
        assertTrue(names.remove(name), () -> name + " in " + names);
        return names;
    }
}
