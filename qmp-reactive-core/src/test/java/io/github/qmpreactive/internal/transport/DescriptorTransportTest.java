package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.DescriptorPassingError.Reason;
import io.github.qmpreactive.option.FdSource;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class DescriptorTransportTest {

    @Test
    @DisplayName("TLS carries no descriptors, whatever is beneath it")
    void tls() throws IOException {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.pipeline().addLast(SslContextBuilder.forClient().build().newHandler(channel.alloc()));
        DescriptorPassingError error =
                assertThrows(DescriptorPassingError.class, () -> new DescriptorTransport(() -> "[vm] ", channel)
                        .take(FdSource.ofRaw(0)));
        assertEquals(Reason.TLS, error.reason());
        assertEquals(
                "[vm] descriptor 0 cannot be passed: the connection is encrypted, and TLS carries no descriptors",
                error.getMessage());
        channel.finishAndReleaseAll();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("Without JNA on the class path: an error that names the dependency, each time")
    void withoutJna() throws ReflectiveOperationException, IOException {
        try (URLClassLoader withoutJna =
                new URLClassLoader(classPathWithoutJna(), ClassLoader.getPlatformClassLoader())) {
            Class<?> support = withoutJna.loadClass(DescriptorSupport.class.getName());
            Class<?> sources = withoutJna.loadClass(FdSource.class.getName());
            Object source = sources.getMethod("ofRaw", int.class).invoke(null, 0);
            var require = support.getDeclaredMethod("require", String.class, sources);
            require.setAccessible(true);
            for (int i = 0; i < 2; i++) {
                Throwable error = assertThrows(InvocationTargetException.class, () -> require.invoke(null, "", source))
                        .getCause();
                assertEquals(
                        DescriptorPassingError.class.getName(), error.getClass().getName());
                assertTrue(
                        String.valueOf(error.getMessage()).contains("add the dependency net.java.dev.jna:jna"),
                        error::getMessage);
                assertInstanceOf(ClassNotFoundException.class, error.getCause());
            }
        }
    }

    private static URL[] classPathWithoutJna() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .filter(entry -> !entry.getName().startsWith("jna-"))
                .map(entry -> {
                    try {
                        return entry.toURI().toURL();
                    } catch (MalformedURLException e) {
                        throw new AssertionError(e);
                    }
                })
                .toArray(URL[]::new);
    }
}
