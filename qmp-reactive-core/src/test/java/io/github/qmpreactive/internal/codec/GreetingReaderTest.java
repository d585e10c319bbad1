package io.github.qmpreactive.internal.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.error.GreetingError;
import io.github.qmpreactive.message.Greeting;
import io.github.qmpreactive.message.QemuVersion;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GreetingReaderTest {

    private static String greeting(String qemu, String packageName, String capabilities) {
        return "{\"QMP\":{\"version\":{\"qemu\":" + qemu + ",\"package\":" + packageName + "},\"capabilities\":"
                + capabilities + "}}";
    }

    private static Greeting read(String text) {
        return GreetingReader.read("[vm] ", InboundParserTest.parse(text));
    }

    private static void assertRefused(String text, String what) {
        Inbound message = InboundParserTest.parse(text);
        GreetingError error = assertThrows(GreetingError.class, () -> GreetingReader.read("[vm] ", message));
        assertEquals("[vm] The first message " + what + ": " + text, error.getMessage());
        assertSame(message.raw(), error.received());
        assertNull(error.getCause());
    }

    @Test
    @DisplayName("C9 a greeting has a version and capabilities, and is kept as it came")
    void greeting() {
        String text = greeting("{\"micro\":22,\"minor\":2,\"major\":7}", "\"Debian 1:7.2+dfsg-7\"", "[\"oob\"]");
        Greeting greeting = read(text);
        assertEquals(new QemuVersion(7, 2, 22, "Debian 1:7.2+dfsg-7"), greeting.version());
        assertEquals(List.of("oob"), greeting.capabilities());
        assertEquals(text, greeting.raw().toString());
    }

    @Test
    @DisplayName("C9 C14 the package may be empty, and so may the capabilities")
    void empties() {
        Greeting greeting = read(greeting("{\"major\":2,\"minor\":11,\"micro\":0}", "\"\"", "[]"));
        assertEquals(new QemuVersion(2, 11, 0, ""), greeting.version());
        assertEquals(List.of(), greeting.capabilities());
    }

    @Test
    @DisplayName("C10 members and capabilities that are not known are ignored, even capabilities that are no strings")
    void unknown() {
        Greeting greeting = read("{\"x\":1,\"QMP\":{\"y\":[],\"capabilities\":[1,\"new\",null,{\"oob\":true},[\"oob\"],"
                + "\"oob\",true],\"version\":{\"z\":{},\"qemu\":{\"w\":\"\",\"major\":9,\"minor\":1,\"micro\":0},"
                + "\"package\":\"p\"}}}");
        assertEquals(List.of("new", "oob"), greeting.capabilities());
        assertEquals(new QemuVersion(9, 1, 0, "p"), greeting.version());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {"{\"return\":{},\"id\":1}", "{}", "{\"error\":{\"class\":\"GenericError\",\"desc\":\"x\"}}"})
    @DisplayName("C9 a first message that is no greeting is a GreetingError with the message")
    void noGreeting(String text) {
        assertRefused(text, "is not the greeting of QMP; is this a QMP monitor?");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"null", "{}", "\"oob\"", "5", "true"})
    @DisplayName("C9 a greeting whose capabilities are no array is a GreetingError with the message")
    void capabilities(String capabilities) {
        assertRefused(
                greeting("{\"major\":7,\"minor\":2,\"micro\":0}", "\"\"", capabilities),
                "is a greeting without the array QMP.capabilities");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"QMP\":5}",
                "{\"QMP\":null}",
                "{\"QMP\":[]}",
                "{\"QMP\":{}}",
                "{\"QMP\":{\"version\":{\"qemu\":{\"major\":7,\"minor\":2,\"micro\":0},\"package\":\"\"}}}"
            })
    @DisplayName("C9 a greeting without capabilities is a GreetingError with the message")
    void noCapabilities(String text) {
        assertRefused(text, "is a greeting without the array QMP.capabilities");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"null", "5", "{}", "[\"p\"]", "true"})
    @DisplayName("C9 a greeting whose package is no string is a GreetingError with the message")
    void packageName(String packageName) {
        assertRefused(
                greeting("{\"major\":7,\"minor\":2,\"micro\":0}", packageName, "[]"),
                "is a greeting without the string QMP.version.package");
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "{\"QMP\":{\"capabilities\":[]}}",
                "{\"QMP\":{\"version\":7,\"capabilities\":[]}}",
                "{\"QMP\":{\"version\":{\"qemu\":{\"major\":7,\"minor\":2,\"micro\":0}},\"capabilities\":[]}}"
            })
    @DisplayName("C9 a greeting without a package is a GreetingError with the message")
    void noPackage(String text) {
        assertRefused(text, "is a greeting without the string QMP.version.package");
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | major",
                "null | major",
                "5 | major",
                "{\"minor\":2,\"micro\":0} | major",
                "{\"major\":7,\"micro\":0} | minor",
                "{\"major\":7,\"minor\":2} | micro",
                "{\"major\":\"7\",\"minor\":2,\"micro\":0} | major",
                "{\"major\":7,\"minor\":2.0,\"micro\":0} | minor",
                "{\"major\":7,\"minor\":2,\"micro\":null} | micro",
                "{\"major\":2147483648,\"minor\":2,\"micro\":0} | major",
                "{\"major\":7,\"minor\":2,\"micro\":18446744073709551615} | micro"
            })
    @DisplayName("C9 a greeting whose version lacks a number is a GreetingError with the message")
    void numbers(String qemu, String member) {
        assertRefused(greeting(qemu, "\"\"", "[]"), "is a greeting without the integer QMP.version.qemu." + member);
    }

    @Test
    @DisplayName("C9 the error shows 1,000 characters of the message at most, and carries all of it")
    void longMessage() {
        String exact = "{\"a\":\"" + "x".repeat(992) + "\"}";
        assertEquals(1000, exact.length());
        assertRefused(exact, "is not the greeting of QMP; is this a QMP monitor?");

        Inbound longer = InboundParserTest.parse("{\"a\":\"" + "x".repeat(993) + "\"}");
        GreetingError error = assertThrows(GreetingError.class, () -> GreetingReader.read("", longer));
        assertEquals(
                "The first message is not the greeting of QMP; is this a QMP monitor?: {\"a\":\"" + "x".repeat(993)
                        + "\"...",
                error.getMessage());
        assertSame(longer.raw(), error.received());
    }

    @Test
    @DisplayName("C9 a first message that nests too deeply to be printed is a GreetingError, too")
    void deepMessage() {
        Inbound deep = InboundParserTest.parse("{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}");
        GreetingError error = assertThrows(GreetingError.class, () -> GreetingReader.read("", deep));
        assertEquals(
                "The first message is not the greeting of QMP; is this a QMP monitor?: " + "{\"a\":" + "[".repeat(995)
                        + "...",
                error.getMessage());
        assertSame(deep.raw(), error.received());
    }
}
