package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.message.QmpCommand;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/**
 * Asks a server that has been silent for a while, and ends its session if it stays silent for as long again. Any byte is
 * a sign of life. Confined to the event loop.
 */
final class SilenceWatch extends ChannelInboundHandlerAdapter {

    private final SessionLoop loop;
    private final Termination termination;
    private final Duration idle;
    private final Mono<JsonNode> question;
    private final Disposable.Swap timer = Disposables.swap();
    private long heardAt = now();
    private boolean asked;

    private SilenceWatch(SessionLoop loop, Termination termination, Duration idle, Mono<JsonNode> question) {
        this.loop = loop;
        this.termination = termination;
        this.idle = idle;
        this.question = question;
    }

    /** What a server is asked; an error is an answer, too. QEMU has query-yank since 6.0, and answers it out of band. */
    static QmpCommand question(Set<String> capabilities) {
        return capabilities.contains("oob") ? QmpCommand.of("query-yank").oob() : QmpCommand.of("query-version");
    }

    /** The handler that has to see the bytes, until the session ends. */
    static SilenceWatch start(SessionLoop loop, Termination termination, Duration idle, Mono<JsonNode> question) {
        assert loop.isCurrent();
        SilenceWatch watch = new SilenceWatch(loop, termination, idle, question);
        watch.checkIn(idle);
        var unused = termination.failure().subscribe(none -> {}, end -> watch.timer.dispose());
        return watch;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        heardAt = now();
        context.fireChannelRead(bytes);
    }

    private void checkIn(Duration delay) {
        timer.update(loop.schedule(delay, this::check));
    }

    private void check() {
        assert loop.isCurrent();
        if (timer.isDisposed()) {
            return;
        }
        Duration left = idle.minusNanos(now() - heardAt);
        if (!left.isNegative() && !left.isZero()) {
            asked = false;
            checkIn(left);
        } else if (!asked) {
            asked = true;
            // Its answer is heard as any other byte is; how it fails is told by the silence.
            var unused = question.subscribe(answer -> {}, error -> {});
            checkIn(idle);
        } else {
            termination.lost(How.SILENT, null);
        }
    }

    private static long now() {
        return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
    }
}
