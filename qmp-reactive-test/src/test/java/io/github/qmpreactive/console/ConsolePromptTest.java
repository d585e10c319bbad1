package io.github.qmpreactive.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.vm.FakeGuestBehavior;
import io.github.qmpreactive.test.vm.FakeJob;
import io.github.qmpreactive.test.vm.FakeVm;
import io.github.qmpreactive.test.vm.RunState;
import io.github.qmpreactive.test.vm.RunningFakeVm;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.EntityExchangeResult;

@DisplayName("Console: lines that are sent at the prompt")
@ExtendWith(LeakGuard.class)
class ConsolePromptTest {

    /** What a double cannot hold: the first integer, and the largest of QEMU. */
    static final String NUMBERS = "{\"size\": 9007199254740993, \"most\": 18446744073709551615}";

    private static void assertRefused(HttpStatus status, String reason, EntityExchangeResult<String> answer) {
        String problem = Objects.requireNonNull(answer.getResponseBody());
        assertEquals(status, answer.getStatus(), problem);
        assertTrue(problem.contains("\"" + reason + "\""), problem);
    }

    private static String reply(EntityExchangeResult<String> answer) {
        String reply = Objects.requireNonNull(answer.getResponseBody());
        assertEquals(HttpStatus.OK, answer.getStatus(), reply);
        return reply;
    }

    @Test
    @DisplayName(
            "Integers have all their digits, those that are sent and those of the reply; the reply is a text without paths")
    void digits() {
        FakeVm machine = FakeVm.create().withServer(server -> server.when("blockdev-add")
                .reply(NUMBERS)
                .when("query-name")
                .reply("{\"name\": \"/run/web\"}"));
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            assertEquals(
                    "{\n  \"size\" : 9007199254740993,\n  \"most\" : 18446744073709551615\n}",
                    reply(console.line("blockdev-add driver=null-co size=9007199254740993", false))
                            .replace(System.lineSeparator(), "\n"));
            reply(console.line("blockdev-add {\"driver\": \"null-co\", \"size\": 18446744073709551615}", false));
            assertEquals(
                    "{\"driver\":\"null-co\",\"size\":9007199254740993}",
                    vm.server()
                            .awaitConnection()
                            .awaitCommand("blockdev-add")
                            .arguments()
                            .toString());
            assertTrue(reply(console.line("query-name", false)).contains("…"));
        }
    }

    @Test
    @DisplayName("The rules are those of the buttons, and what QEMU would refuse is not sent")
    void refuses() {
        try (RunningFakeVm vm = FakeVm.create().start();
                RunningFakeVm other = FakeVm.create().start();
                RunningConsole console = RunningConsole.at(vm);
                RunningConsole readOnly = RunningConsole.with(
                        Map.of("console.machines", "vm=" + other.address(), "console.read-only", true))) {
            console.awaitRunning();
            assertRefused(HttpStatus.BAD_REQUEST, "x is unknown", console.line("stop x=1", true));
            assertRefused(HttpStatus.BAD_REQUEST, "QEMU has no command x", console.line("x", true));
            assertRefused(HttpStatus.PRECONDITION_REQUIRED, "quit has to be confirmed", console.line("quit", false));
            assertRefused(
                    HttpStatus.FORBIDDEN,
                    "qom-get may show a secret there",
                    console.line("qom-get path=/objects/sec0 property=data", true));
            readOnly.awaitRunning();
            assertRefused(HttpStatus.FORBIDDEN, "The console is read-only", readOnly.line("stop", true));
            assertEquals(RunState.RUNNING, other.runState());
            assertEquals(RunState.RUNNING, vm.runState());
            reply(console.line("stop", false));
            assertEquals(RunState.PAUSED, vm.runState());
        }
    }

    @Test
    @DisplayName("A job and an unplugging become tasks, which are the reply")
    void tasks() {
        FakeVm machine = FakeVm.create()
                .withNode("disk0", 64 << 20)
                .withNode("copy0", 64 << 20)
                .withDevice("rng0", "virtio-rng-pci")
                .withJobs(FakeJob.waits())
                .withGuest(FakeGuestBehavior.create().keepsDevices());
        try (RunningFakeVm vm = machine.start();
                RunningConsole console = RunningConsole.at(vm)) {
            console.awaitRunning();
            String job = reply(console.line("blockdev-backup device=disk0 target=copy0 sync=full job-id=j", true));
            assertTrue(job.contains("\"task\" : \"j\""), job);
            assertEquals("job", console.awaitTask("running").path("kind").asString());
            reply(console.line("device_del id=rng0", true));
            assertEquals(
                    "Unplug rng0",
                    console.awaitTask("waiting for the guest").path("title").asString());
        }
    }
}
