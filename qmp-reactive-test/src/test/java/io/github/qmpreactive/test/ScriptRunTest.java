package io.github.qmpreactive.test;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.FakeChannel;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

@DisplayName("A script that runs")
class ScriptRunTest {

    private static final class NoListener implements FakeChannel.Listener {
        @Override
        public void onArrival() {}

        @Override
        public void onOpen() {}

        @Override
        public void onBytes(ByteBuf bytes) {}

        @Override
        public void onClosed() {}
    }

    @Test
    @DisplayName("ends the wait for its own steps also if the step after a pause throws")
    void pauseEnds() {
        VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        QmpScript script =
                QmpScript.create().expect("stop").pause(Duration.ofSeconds(1)).reply("{}");
        ScriptRun run = new ScriptRun(script, () -> clock);
        EmbeddedChannel channel = new EmbeddedChannel();
        FakeChannel fake = new FakeChannel(channel, unused -> new NoListener());
        ScriptRun.Peer peer = new ScriptRun.Peer(new AnswerWriter(fake, new SchemaGuard(null), false), fake, () -> {
            throw new IllegalStateException("planted");
        });
        run.receive(ReceivedCommand.of(JsonText.read("{\"execute\": \"stop\"}")).orElseThrow(), peer);
        CompletableFuture<Void> ownSteps = run.ownSteps().toFuture();
        assertFalse(ownSteps.isDone());
        assertThrows(IllegalStateException.class, () -> clock.advanceTimeBy(Duration.ofSeconds(1)));
        assertTrue(ownSteps.isDone());
        channel.close();
        clock.dispose();
    }
}
