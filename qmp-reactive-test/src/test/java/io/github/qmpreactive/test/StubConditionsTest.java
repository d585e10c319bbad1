package io.github.qmpreactive.test;

import static io.github.qmpreactive.test.Patience.PATIENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.ErrorResponse;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.junit.LeakGuard;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@ExtendWith(LeakGuard.class)
@DisplayName("A stub with arguments")
class StubConditionsTest {

    private static JsonNode send(FakeQmpServer fake, String arguments) {
        try (RunningFakeQmpServer server = fake.startUnix()) {
            return QmpClient.create()
                    .address(server.address())
                    .withSession(session -> session.execute("x", JsonText.read(arguments)))
                    .blockLast(PATIENCE);
        }
    }

    private static ErrorResponse refusal(FakeQmpServer fake, String arguments) {
        return assertThrows(ExecuteError.class, () -> send(fake, arguments)).response();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"v": 100}              | {"v": 100.0}
            {"v": 1e2}              | {"v": 100}
            {"v": 100}              | {"v": 100, "more": true}
            {"o": {"a": {"b": 1}}}  | {"o": {"a": {"b": 1, "c": 2}, "d": 3}}
            {"l": [{"a": 1}, 2]}    | {"l": [{"a": 1.0, "b": 2}, 2]}
            {"n": null}             | {"n": null}
            {}                      | {}
            """)
    @DisplayName("answers a command that has them, whatever else it has: numbers by value, objects member by member")
    void fits(String wanted, String sent) {
        FakeQmpServer fake =
                FakeQmpServer.create().when("x").withArguments(wanted).reply("1");
        assertEquals("1", String.valueOf(send(fake, sent)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"v": 100}        | {"v": 101}          | /v: expected 100, but was 101
            {"v": 100}        | {"v": "100"}        | /v: expected 100, but was "100"
            {"l": [1]}        | {"l": [1, 2]}       | /l: expected 1 element, but there are 2 elements: [1,2]
            {"o": {"a": 1}}   | {"o": {"a": 2}}     | /o/a: expected 1, but was 2
            {"n": null}       | {}                  | /n: expected null, but there is nothing
            {"a": 1, "b": 2}  | {"b": 3}            | /a: expected 1, but there is nothing; /b: expected 2, but was 3
            """)
    @DisplayName("says in what those of a command differ that it does not answer, which no other stub does either")
    void misses(String wanted, String sent, String difference) {
        FakeQmpServer fake =
                FakeQmpServer.create().when("x").withArguments(wanted).reply("1");
        assertEquals(
                new ErrorResponse(
                        "CommandNotFound",
                        "The command x has not been found; it is stubbed, but not with what came:\n"
                                + "  .when(\"x\").withArguments(" + JsonText.read(wanted) + "): " + difference),
                refusal(fake, sent));
    }

    @Test
    @DisplayName(
            "has to fit in all that was said of it, and leaves the rest to others; the last that was said goes first")
    void several() {
        FakeQmpServer fake = FakeQmpServer.create()
                .when("x")
                .withArguments("{\"a\": 1}")
                .reply("\"only a\"")
                .when("x")
                .withArguments("{\"a\": 1}")
                .withArguments("{\"b\": 1}")
                .matching(command -> command.arguments().size() == 2)
                .reply("\"both\"");
        assertEquals("\"both\"", String.valueOf(send(fake, "{\"a\": 1, \"b\": 1}")));
        assertEquals("\"only a\"", String.valueOf(send(fake, "{\"a\": 1, \"b\": 1, \"c\": 1}")));
        assertEquals(
                "The command x has not been found; it is stubbed, but not with what came:\n"
                        + "  .when(\"x\").withArguments({\"a\":1}).withArguments({\"b\":1}).matching(...):"
                        + " /a: expected 1, but there is nothing\n"
                        + "  .when(\"x\").withArguments({\"a\":1}): /a: expected 1, but there is nothing",
                refusal(fake, "{}").description());
    }
}
