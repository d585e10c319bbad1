package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.schema.SchemaCheck;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakGuard.class)
@DisplayName("Stubs of a server that runs")
class RestubTest {

    private static final FakeQmpServer FAKE = FakeQmpServer.create()
            .withoutGreeting()
            .withoutNegotiation()
            .when("query-name")
            .reply("1", "2");

    private static String ask(RawClient client, String command) throws IOException {
        client.send("{\"execute\":\"" + command + "\"}");
        return client.line();
    }

    @Test
    @DisplayName("go before those from before the start, for the client that is connected, until resetStubs()")
    void replaced() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            assertEquals("{\"return\": 1}", ask(client, "query-name"));
            fake.when("query-name").reply("3").when("stop").reply("4");
            assertEquals("{\"return\": 3}", ask(client, "query-name"));
            assertEquals("{\"return\": 4}", ask(client, "stop"));
            fake.resetStubs();
            assertEquals("{\"return\": 1}", ask(client, "query-name"));
            assertEquals("{\"return\": 2}", ask(client, "query-name"));
            assertTrue(ask(client, "stop").contains("CommandNotFound"));
            assertTrue(assertThrows(AssertionError.class, fake::verify)
                    .getMessage()
                    .contains("No stub answers {\"execute\":\"stop\"}"));
            fake.verify();
        }
    }

    @Test
    @DisplayName("times(n): answer n commands; the next ones are answered by what was stubbed before")
    void times() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            fake.when("query-name").times(2).error("GenericError", "busy");
            assertTrue(ask(client, "query-name").contains("busy"));
            assertTrue(ask(client, "query-name").contains("busy"));
            assertEquals("{\"return\": 1}", ask(client, "query-name"));
            assertThrows(IllegalArgumentException.class, () -> fake.when("stop").times(0));
        }
    }

    @Test
    @DisplayName("times(n) that has answered as many is named where no other answers")
    void usedUp() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            fake.when("cont").times(1).reply("{}");
            ask(client, "cont");
            ask(client, "cont");
            String complaint = assertThrows(AssertionError.class, fake::verify).getMessage();
            assertTrue(complaint.contains(".when(\"cont\").times(1): has answered as many"), complaint);
        }
    }

    @Test
    @DisplayName("times(n) that has not answered all is no reason for verifyStubs() to pass over what it stands before")
    void uncalled() throws IOException {
        try (RunningFakeQmpServer fake = FAKE.startUnix();
                RawClient client = RawClient.connect(fake.address())) {
            fake.when("query-name").times(1).reply("7");
            ask(client, "query-name");
            assertTrue(assertThrows(AssertionError.class, fake::verifyStubs)
                    .getMessage()
                    .contains(".when(\"query-name\")"));
            ask(client, "query-name");
            fake.verifyStubs();
        }
    }

    @Test
    @DisplayName("are checked by the server's schema, at once")
    void schema() {
        try (RunningFakeQmpServer fake =
                FakeQmpServer.create().withSchema(SchemaCheck.qemu()).startUnix()) {
            CommandStub<RunningFakeQmpServer> stub = fake.when("query-name");
            assertThrows(IllegalArgumentException.class, () -> stub.reply("5"));
            fake.verifyStubs();
        }
    }

    @Test
    @DisplayName("A command of a FakeVm fails once, then the machine runs it")
    void failsOnce() throws IOException {
        FakeVm machine = FakeVm.create()
                .withServer(server -> server.when("stop").times(1).error("GenericError", "try again"));
        try (RunningFakeVm vm = machine.start();
                RawClient client = RawClient.connect(vm.address())) {
            client.line();
            ask(client, "qmp_capabilities");
            assertTrue(ask(client, "stop").contains("try again"));
            assertEquals(RunState.RUNNING, vm.runState());
            assertTrue(ask(client, "stop").contains("STOP"));
            assertEquals("{\"return\": {}}", client.line());
            vm.server().when("cont").times(1).error("GenericError", "not now");
            assertTrue(ask(client, "cont").contains("not now"));
            assertTrue(ask(client, "cont").contains("RESUME"));
        }
    }
}
