package io.github.qmpreactive.test.internal.agent;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a program of the guest does. Never changed after it was handed on. */
public final class Program implements Cloneable {

    public Duration duration = Duration.ZERO;
    public byte[] output = {};
    public byte[] errorOutput = {};
    public boolean printsInput;

    /** What it ends with; a signal goes first. */
    public int exitCode;

    @Nullable
    public Integer signal;

    /** Why the agent cannot start it; null if it can. */
    @Nullable
    public String startFailure;

    /** A copy with a change. */
    public Program changed(Consumer<Program> change) {
        Program copy = clone();
        change.accept(copy);
        return copy;
    }

    @Override
    protected Program clone() {
        try {
            return (Program) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
