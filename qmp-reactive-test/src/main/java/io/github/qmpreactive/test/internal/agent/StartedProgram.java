package io.github.qmpreactive.test.internal.agent;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A process of the guest: what the agent knows of it, by the clock of delays. */
final class StartedProgram {

    /** Longer than any test, and within what clocks can count. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** How much of each output is kept. */
    private static final int KEPT = 16 << 20;

    private static final byte[] NOTHING = {};

    private final Program program;
    private final byte[] output;
    private final byte[] errorOutput;
    private final boolean ends;
    private final Scheduler clock = Schedulers.parallel();
    private final long end;

    /**
     * Starts it.
     *
     * @param capture a mode of {@code capture-output}
     */
    StartedProgram(Program program, byte[] input, String capture) {
        this.program = program;
        byte[] printed = program.printsInput ? joined(program.output, input) : program.output;
        boolean separates = capture.equals("separated");
        this.errorOutput = separates ? program.errorOutput : NOTHING;
        if (capture.equals("merged")) {
            this.output = joined(printed, program.errorOutput);
        } else {
            this.output = separates ? printed : NOTHING;
        }
        // The agent waits for both outputs to be closed, also for the one that it has not opened.
        this.ends = !capture.equals("stdout") && !capture.equals("stderr");
        boolean isLonger = program.duration.compareTo(LONGEST) > 0;
        this.end = clock.now(TimeUnit.NANOSECONDS) + (isLonger ? LONGEST : program.duration).toNanos();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }

    boolean hasEnded() {
        return ends && clock.now(TimeUnit.NANOSECONDS) >= end;
    }

    /** How it has ended, as {@code guest-exec-status} tells it. */
    ObjectNode result() {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (program.signal == null) {
            result.put("exitcode", program.exitCode);
        } else {
            result.put("signal", program.signal);
        }
        put(result, "err", errorOutput);
        put(result, "out", output);
        return result.put("exited", true);
    }

    private static void put(ObjectNode result, String name, byte[] bytes) {
        if (bytes.length > 0) {
            byte[] kept = bytes.length > KEPT ? Arrays.copyOf(bytes, KEPT) : bytes;
            result.put(name + "-data", Base64.getEncoder().encodeToString(kept));
            result.put(name + "-truncated", bytes.length > KEPT);
        }
    }
}
