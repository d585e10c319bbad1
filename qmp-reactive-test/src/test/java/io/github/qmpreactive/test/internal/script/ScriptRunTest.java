package io.github.qmpreactive.test.internal.script;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.stub.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("A script that runs")
class ScriptRunTest {

    @Test
    @DisplayName("ends the wait for its own steps also if the step after a pause throws")
    void pauseEnds() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        Response later = Response.SILENCE.changed(response -> response.delay = Duration.ofSeconds(1));
        ScriptStep.Expect expected = new ScriptStep.Expect(QmpCommand.of("stop"), false);
        ScriptRun run = new ScriptRun(List.of(expected, new ScriptStep.Act("reply", "stop", 0, later)), () -> clock);
        Command stop = Command.of(JsonText.read("{\"execute\": \"stop\"}")).orElseThrow();
        run.receive(stop, (command, response) -> {
            throw new IllegalStateException("planted");
        });
        CompletableFuture<Void> ownSteps = run.ownSteps().toFuture();
        assertFalse(ownSteps.isDone());
        assertThrows(IllegalStateException.class, () -> clock.advanceTimeBy(Duration.ofSeconds(1)));
        assertTrue(ownSteps.isDone());
        clock.dispose();
    }
}
