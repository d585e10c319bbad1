package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.internal.agent.Program;
import io.github.qmpreactive.test.internal.check.Checks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a program in the guest of a {@link FakeAgent} does. Immutable: every method returns a new one. It ends at once and prints
 * nothing unless it is told otherwise.
 */
public final class FakeProgram {

    private final Program program;

    private FakeProgram(Program program) {
        this.program = program;
    }

    /**
     * {@return a program that ends}
     *
     * @param exitCode its exit code
     */
    public static FakeProgram exits(int exitCode) {
        return new FakeProgram(new Program()).with(p -> p.exitCode = exitCode);
    }

    /**
     * {@return a program that a signal ends}
     *
     * @param signal its number, for example 9
     */
    public static FakeProgram isKilled(int signal) {
        return new FakeProgram(new Program()).with(p -> p.signal = signal);
    }

    /**
     * {@return a program that cannot be started: {@code guest-exec} fails}
     *
     * @param reason why, for example {@code "Permission denied"}
     */
    public static FakeProgram failsToStart(String reason) {
        return new FakeProgram(new Program()).with(p -> p.startFailure = reason);
    }

    /**
     * {@return a program that takes its time}
     *
     * @param duration from its start to its end, by the clock of {@code Schedulers.parallel()}: virtual in {@code
     *     StepVerifier.withVirtualTime}
     * @throws IllegalArgumentException if it is negative
     */
    public FakeProgram takes(Duration duration) {
        Checks.delay(duration);
        return with(p -> p.duration = duration);
    }

    /**
     * {@return a program that prints}
     *
     * @param text its standard output
     */
    public FakeProgram printing(String text) {
        return printing(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * {@return a program that prints}
     *
     * @param output its standard output; the agent keeps the first 16 MiB
     */
    public FakeProgram printing(byte[] output) {
        byte[] copy = output.clone();
        return with(p -> p.output = copy);
    }

    /**
     * {@return a program that prints errors}
     *
     * @param text its standard error output; with {@code "merged"} it comes behind the other
     */
    public FakeProgram printingError(String text) {
        return with(p -> p.errorOutput = text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return a program that prints its input, as {@code cat} does, behind what it is told to print} */
    public FakeProgram printingInput() {
        return with(p -> p.printsInput = true);
    }

    Program program() {
        return program;
    }

    private FakeProgram with(Consumer<Program> change) {
        return new FakeProgram(program.changed(change));
    }
}
