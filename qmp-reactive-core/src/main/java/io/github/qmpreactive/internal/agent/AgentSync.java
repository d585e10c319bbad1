package io.github.qmpreactive.internal.agent;

import io.github.qmpreactive.error.ExecTimeoutError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.internal.codec.Inbound;
import io.github.qmpreactive.internal.commands.SyncGate;
import io.github.qmpreactive.internal.session.SyncContext;
import java.time.Duration;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Keeps a session in step with the agent: at the beginning, and when a command that was written is given up, all is
 * skipped until the agent has answered {@code guest-sync-delimited}, and no command is written before. Confined to the
 * event loop.
 */
final class AgentSync implements SyncGate {

    private enum Step {
        /** Commands may be written, one at a time. */
        IN_STEP,
        /** A command without a reply was written, and a synchronisation behind it. */
        CONFIRMING,
        /** All is skipped until the agent has answered. */
        SYNCING,
        /** It has not answered in time; it may still, and the next command has it asked again. */
        OUT_OF_STEP
    }

    private final SyncContext control;
    private final Duration timeout;
    private final Sinks.Empty<Void> first = Sinks.empty();
    private final Disposable.Swap timer = Disposables.swap();
    private Step step = Step.OUT_OF_STEP;
    private SyncMessage asked = SyncMessage.next();
    private boolean sent;
    private String reason = "connecting";
    private boolean begun;

    AgentSync(SyncContext control, Duration timeout) {
        this.control = control;
        this.timeout = timeout;
    }

    /** Begins to read, and synchronises. Completes the first time the session is in step. */
    Mono<Void> begin() {
        return Mono.defer(() -> {
            control.execute(() -> {
                // First: what came in before the session is another client's, and is skipped, not read.
                control.seekSentinel();
                control.begin(this);
                // Whatever ends the session, no timer is left behind.
                var unused = control.orEnd(Mono.never()).subscribe(none -> {}, end -> timer.dispose());
                synchronize();
            });
            return control.orEnd(first.asMono());
        });
    }

    /** A command without a reply was just written: it has succeeded when nothing else is heard of it. */
    void confirm(Duration silence) {
        reason = "a command without a reply";
        ask(Step.CONFIRMING, silence, () -> {
            synchronize();
            control.settle();
        });
    }

    @Override
    public boolean requestWrite() {
        if (step == Step.OUT_OF_STEP) {
            synchronize();
        }
        return step == Step.IN_STEP;
    }

    @Override
    public boolean abandon(String command) {
        reason = command + ", which was given up";
        synchronize();
        return true;
    }

    @Override
    public String holdUp() {
        return step == Step.IN_STEP
                ? ""
                : "; after " + reason + ", the agent has not answered guest-sync-delimited yet";
    }

    @Override
    public boolean take(Inbound message) {
        boolean answered = asked.isAnsweredBy(message);
        switch (step) {
            case IN_STEP -> {
                return false;
            }
            case CONFIRMING -> {
                if (answered) {
                    arrived();
                }
                return answered;
            }
            case SYNCING, OUT_OF_STEP -> {
                if (answered) {
                    arrived();
                } else {
                    // The answer to an earlier synchronisation, of ours or of another client.
                    control.seekSentinel();
                }
                return true;
            }
        }
        throw new AssertionError(step);
    }

    private void synchronize() {
        control.seekSentinel();
        ask(Step.SYNCING, timeout, this::unanswered);
    }

    private void ask(Step next, Duration patience, Runnable otherwise) {
        // An agent that does not read must not make its questions pile up: the last one is still on its way to it.
        boolean pending = sent && step == Step.OUT_OF_STEP && control.isCongested();
        SyncMessage message = pending ? asked : SyncMessage.next();
        step = next;
        asked = message;
        if (!pending) {
            sent = true;
            control.send(message.json(), next == Step.SYNCING);
        }
        Runnable late = () -> {
            if (step == next && asked.equals(message)) {
                otherwise.run();
            }
        };
        timer.update(control.schedule(patience, late));
    }

    private void arrived() {
        step = Step.IN_STEP;
        timer.update(Disposables.disposed());
        control.settle();
        control.inStep();
        if (!begun) {
            begun = true;
            first.tryEmitEmpty().orThrow();
        }
    }

    private void unanswered() {
        step = Step.OUT_OF_STEP;
        control.refuseWaiting(this::refusal);
    }

    private QmpError refusal(String command) {
        return new ExecTimeoutError(
                "[" + control.session().name() + "] " + command + " was never sent: after " + reason
                        + ", the agent has not answered guest-sync-delimited within " + timeout.toMillis()
                        + " ms (handshakeTimeout); it may still be busy, or no longer run in the guest."
                        + control.skipped(),
                command,
                false,
                timeout);
    }
}
