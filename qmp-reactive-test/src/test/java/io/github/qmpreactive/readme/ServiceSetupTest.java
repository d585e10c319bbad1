package io.github.qmpreactive.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.test.junit.QmpGuards;
import io.github.qmpreactive.test.vm.FakeAgent;
import io.github.qmpreactive.test.vm.FakeProgram;
import io.github.qmpreactive.test.vm.RunningFakeAgent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@DisplayName("README: a service in a guest, without a guest")
@QmpGuards
// snippet: service-setup-test
class ServiceSetupTest {

    private static final FakeAgent GUEST = FakeAgent.create()
            .withFile("/etc/app.conf", "port=80\n")
            .withProgram("systemctl", FakeProgram.exits(0).takes(Duration.ofMillis(200)));

    @Test
    void writesAndReloads() {
        try (RunningFakeAgent agent = GUEST.start()) {
            StepVerifier.create(new ServiceSetup(agent.client()).apply("port=8080\n"))
                    .expectNext(true)
                    .verifyComplete();
            assertEquals("port=8080\n", new String(agent.file("/etc/app.conf"), StandardCharsets.UTF_8));
            assertEquals(0, agent.openFiles());
        }
    }

    @Test
    void doesNotReloadWhatWasNotWritten() {
        FakeAgent fullDisk = GUEST.withServer(server -> server.when("guest-file-write")
                .error("GenericError", "failed to write to file: No space left on device"));
        try (RunningFakeAgent agent = fullDisk.start()) {
            StepVerifier.create(new ServiceSetup(agent.client()).apply("port=8080\n"))
                    .verifyError(ExecuteError.class);
            assertEquals(0, agent.server().received("guest-exec").size());
            assertEquals(0, agent.openFiles());
        }
    }
}
// end
