package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.ConnectionLostError.How;
import io.github.qmpreactive.internal.commands.Request;
import io.github.qmpreactive.internal.log.SessionName;
import io.github.qmpreactive.internal.loop.SessionLoop;
import io.github.qmpreactive.message.QmpCommand;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Asks a server that has been silent for a while, and ends its session if it stays silent for as long again. Any byte is
 * a sign of life. Confined to the event loop.
 */
final class SilenceWatch extends ChannelInboundHandlerAdapter {

    private final SessionName session;
    private final SessionLoop loop;
    private final Termination termination;
    private final Duration idle;
    private final QmpCommand question;
    private final Disposable.Swap timer = Disposables.swap();
    private Mono<?> asking = Mono.empty();
    private Disposable unanswered = Disposables.disposed();
    private long heardAt = now();
    private long due;
    private boolean asked;
    private boolean written;

    SilenceWatch(SessionName session, SessionLoop loop, Termination termination, Duration idle, QmpCommand question) {
        this.session = session;
        this.loop = loop;
        this.termination = termination;
        this.idle = idle;
        this.question = question;
    }

    /** What a server is asked; an error is an answer, too. QEMU has query-yank since 6.0, and answers it out of band. */
    static QmpCommand question(Set<String> capabilities) {
        return capabilities.contains("oob") ? QmpCommand.of("query-yank").oob() : QmpCommand.of("query-version");
    }

    /** Watches until the session ends; given what runs a command, and a task to run when it is written. */
    void start(BiFunction<Request, Runnable, Mono<?>> execute) {
        assert loop.isCurrent();
        asking = execute.apply(Request.unlimited(question), () -> written = true);
        checkIn(idle);
        var unused = termination.failure().subscribe(none -> {}, end -> timer.dispose());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        heardAt = now();
        asked = false;
        context.fireChannelRead(bytes);
    }

    private void checkIn(Duration delay) {
        due = now() + delay.toNanos();
        timer.update(loop.schedule(delay, this::check));
    }

    private void check() {
        assert loop.isCurrent();
        if (timer.isDisposed()) {
            return;
        }
        Duration left = idle.minusNanos(now() - heardAt);
        if (!left.isNegative() && !left.isZero()) {
            checkIn(left);
        } else if (!asked) {
            asked = true;
            ask();
            checkIn(idle);
        } else if (now() - due > idle.toNanos() / 2) {
            // This event loop was busy itself: an answer may be waiting to be read.
            checkIn(idle);
        } else {
            long silence = now() - heardAt;
            termination.fail(new ConnectionLostError(How.SILENT, text(silence), Duration.ofNanos(silence), null));
        }
    }

    /** Its answer is heard as any other byte is. If it fails, the silence goes on. */
    private void ask() {
        // One that waits behind other commands, while events come, is enough.
        if (unanswered.isDisposed()) {
            written = false;
            unanswered = asking.subscribe(answer -> {}, error -> {});
        }
    }

    private String text(long silence) {
        long millis = TimeUnit.NANOSECONDS.toMillis(silence);
        String name = question.name();
        return session.prefix() + "Nothing was received for " + millis + " ms, "
                + (written ? "and " + name + " was not answered within " : "while " + name + " waited to be sent for ")
                + idle.toMillis() + " ms (probe); is QEMU stopped or busy, or its host gone?";
    }

    private static long now() {
        return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
    }
}
