package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("Mistakes in what a test tells the fake")
class FakeMistakesTest {

    static Stream<Named<UnaryOperator<FakeQmpServer>>> stubs() {
        return thrown().flatMap(what -> Stream.of(
                Named.of("answer: " + what, fake -> fake.when("stop").answer(command -> throwIt(what))),
                Named.of("answerLater: " + what, fake -> fake.when("stop").answerLater(command -> throwIt(what))),
                Named.of("reply: " + what, fake -> fake.when("stop").reply(command -> throwIt(what))),
                Named.of("matching: " + what, fake -> fake.when("stop")
                        .matching(command -> throwIt(what))
                        .reply("{}"))));
    }

    private static Stream<Throwable> thrown() {
        return Stream.of(
                new AssertionError("too early"),
                new IllegalStateException("too early"),
                new NoClassDefFoundError("too early"),
                new IOException("too early"));
    }

    @ParameterizedTest
    @MethodSource("stubs")
    @DisplayName("What is thrown in a stub's function reaches the client, and fails the test on close(), once, with its"
            + " stack trace; with a schema and without")
    void thrown(UnaryOperator<FakeQmpServer> stub) {
        for (FakeQmpServer fake :
                List.of(FakeQmpServer.create(), FakeQmpServer.create().withSchema(SchemaCheck.qemu()))) {
            RunningFakeQmpServer server = stub.apply(fake).startUnix();
            ExecuteError error = assertThrows(ExecuteError.class, () -> stop(server));
            assertTrue(error.description().contains("too early"), error::description);
            AssertionError told = assertThrows(AssertionError.class, server::close);
            assertTrue(String.valueOf(told.getMessage()).contains("too early"), told::getMessage);
            assertEquals(1, told.getSuppressed().length);
            server.close();
        }
    }

    @Test
    @DisplayName("An answer or a reply of null is an error that says so, and fails the test on close()")
    void nothing() {
        for (FakeQmpServer fake :
                List.of(FakeQmpServer.create(), FakeQmpServer.create().withSchema(SchemaCheck.qemu()))) {
            assertTold("it gave no answer", fake.when("stop").answer(command -> noAnswer()));
            assertTold("it gave no answer", fake.when("stop").answerLater(command -> noAnswer()));
            assertTold("it gave no answer", fake.when("stop").answerLater(command -> Mono.empty()));
            assertTold(
                    "too late",
                    fake.when("stop").answerLater(command -> Mono.error(new IllegalStateException("too late"))));
            assertTold("it gave no reply", fake.when("stop").reply(command -> noAnswer()));
        }
    }

    private static void assertTold(String what, FakeQmpServer fake) {
        RunningFakeQmpServer server = fake.startUnix();
        ExecuteError error = assertThrows(ExecuteError.class, () -> stop(server));
        assertTrue(error.description().contains(what), error::description);
        AssertionError told = assertThrows(AssertionError.class, server::close);
        assertTrue(String.valueOf(told.getMessage()).contains(what), told::getMessage);
    }

    @Test
    @DisplayName("Numbers that make no sense are refused where they are written")
    void numbers() {
        Answer answer = Answer.reply("{}");
        assertMessage("bytes must not be negative, but is -1", () -> answer.truncated(-1));
        assertMessage("delay must not be negative, but is -1", () -> answer.delayed(Duration.ofNanos(-1)));
    }

    @Test
    @DisplayName("Arguments that the schema does not know are refused where a stub waits for them, at any depth")
    void argumentsOfStubs() {
        FakeQmpServer fake = FakeQmpServer.create().withSchema(SchemaCheck.qemu());
        assertMessage(
                ".when(\"device_del\").withArguments({\"idd\":\"x\"}) never answers anything: 'idd' is unexpected: there is no"
                        + " such member",
                () -> fake.when("device_del").withArguments("{\"idd\": \"x\"}").reply("{}"));
        assertMessage(
                ".when(\"device_del\").withArguments({\"id\":7}) never answers anything: 'id' is 7, but has to be of JSON type"
                        + " string",
                () -> FakeQmpServer.create()
                        .when("device_del")
                        .withArguments("{\"id\": 7}")
                        .reply("{}")
                        .withSchema(SchemaCheck.qemu()));
        String file = "{\"driver\": \"qcow2\", \"file\": {\"driver\": \"file\", \"filname\": \"a\"}}";
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> fake.when("blockdev-add").withArguments(file).silent())
                .getMessage()
                .endsWith("'file.filname' is unexpected: there is no such member"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"node-name\": \"d\"}",
                "{\"filename\": \"a\"}",
                "{\"file\": {\"filename\": \"a\"}}",
                "{\"driver\": \"null-co\", \"size\": 1e3}",
                "{\"driver\": \"qcow2\", \"file\": \"node\"}"
            })
    @DisplayName("Some arguments of many are fine in a stub, without what must be there and without the tag")
    void someArguments(String json) {
        FakeQmpServer.create()
                .withSchema(SchemaCheck.qemu())
                .when("blockdev-add")
                .withArguments(json)
                .reply("{}")
                .when("device_add")
                .withArguments("{\"anything\": [1]}")
                .reply("{}");
    }

    @Test
    @DisplayName("A script that expects what QEMU refuses, and so never hands on, is refused where it meets the schema")
    void expectations() {
        FakeQmpServer fake = FakeQmpServer.create().withSchema(SchemaCheck.qemu());
        assertMessage(
                "The script cannot expect device_del {\"device\":\"usb0\"}, which QEMU refuses with"
                        + " \"Parameter 'id' is missing\"",
                () -> fake.script(QmpScript.create().expect("device_del", "{\"device\": \"usb0\"}")));
        assertMessage(
                "The script cannot expect stopp, which QEMU refuses with \"The command stopp has not been found\"",
                () -> FakeQmpServer.create()
                        .script(QmpScript.create().expect("stopp"))
                        .withSchema(SchemaCheck.qemu()));
        assertThrows(
                IllegalArgumentException.class,
                () -> fake.script(
                        QmpScript.create().expect(QmpCommand.of("stop").oob())));
        assertThrows(
                IllegalArgumentException.class,
                () -> fake.script(QmpScript.create().expectWithAnyArguments("device_dell")));
        fake.script(QmpScript.create().expectWithAnyArguments("device_del"));
    }

    private static void assertMessage(String message, Executable mistake) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, mistake).getMessage());
    }

    @Test
    @DisplayName("What a script sends is checked by the schema, whichever was said first")
    void scripts() {
        QmpScript script = QmpScript.create().expect("stop").reply("{}").emit("STOPP");
        assertRefused(
                () -> FakeQmpServer.create().withSchema(SchemaCheck.qemu()).script(script));
        assertRefused(() -> FakeQmpServer.create().script(script).withSchema(SchemaCheck.qemu()));
        QmpScript reply = QmpScript.create().expect("stop").reply("[1]");
        assertThrows(
                IllegalArgumentException.class,
                () -> FakeQmpServer.create().script(reply).withSchema(SchemaCheck.qemu()));
    }

    private static void assertRefused(Runnable mistake) {
        var error = assertThrows(IllegalArgumentException.class, mistake::run);
        assertTrue(String.valueOf(error.getMessage()).contains("STOPP"), error::getMessage);
    }

    private static JsonNode stop(RunningFakeQmpServer server) {
        JsonNode result = QmpClient.create()
                .address(server.address())
                .withSession(session -> session.execute("stop"))
                .blockLast(PATIENCE);
        assertEquals("{}", String.valueOf(result));
        return result;
    }

    private static <T> T noAnswer() {
        return null;
    }

    /** Also what no function declares. */
    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T throwIt(Throwable what) throws E {
        throw (E) what;
    }
}
