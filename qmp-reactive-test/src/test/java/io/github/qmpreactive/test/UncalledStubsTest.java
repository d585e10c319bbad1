package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("verifyStubs()")
class UncalledStubsTest {

    private static final FakeQmpServer FAKE = FakeQmpServer.create()
            .withoutGreeting()
            .withoutNegotiation()
            .whenAny()
            .reply("{}")
            .when("stop")
            .reply("1")
            .when("stop")
            .reply("2")
            .when("device_del")
            .withArguments("{\"id\": \"usb0\"}")
            .reply("{}")
            .when("device_del")
            .withArguments("{\"id\": \"usb1\"}")
            .reply("{}");

    private static void say(RawClient client, String command) throws IOException {
        client.send(command);
        client.line();
    }

    @Test
    @DisplayName(
            "lists the stubs that have answered nothing, and what came; not those that are replaced, nor whenAny()")
    void uncalled() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            say(client, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"usb1\"}}");
            assertEquals(
                    """
                    No command came for:
                      .when("stop")
                      .when("device_del").withArguments({"id":"usb0"}); this was received:
                      {"execute":"device_del","arguments":{"id":"usb1"}}""", assertThrows(AssertionError.class, fake::verifyStubs).getMessage());
            say(client, "{\"execute\":\"stop\"}");
            say(client, "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"usb0\"}}");
            fake.verifyStubs();
        }
    }

    @Test
    @DisplayName("does not count what guestAgent() stubs by itself")
    void agent() {
        try (RunningFakeQmpServer agent = FakeQmpServer.guestAgent().startUnix()) {
            agent.verifyStubs();
        }
    }

    @Test
    @DisplayName("lists a stub whose only command was refused because it came out of band")
    void refused() throws IOException {
        try (RunningFakeQmpServer fake = FakeQmpServer.create()
                        .withoutGreeting()
                        .withoutNegotiation()
                        .when("stop")
                        .reply("{}")
                        .startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            client.send("{\"exec-oob\":\"stop\"}");
            assertTrue(client.line().contains("does not support OOB"));
            String message =
                    assertThrows(AssertionError.class, fake::verifyStubs).getMessage();
            assertTrue(String.valueOf(message).contains(".when(\"stop\")"), message);
        }
    }
}
