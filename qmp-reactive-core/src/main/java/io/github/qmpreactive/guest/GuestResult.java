package io.github.qmpreactive.guest;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** How a process in the guest has ended, and what it has printed; immutable if its bytes are not changed. */
public final class GuestResult {

    private final OptionalInt exitCode;
    private final OptionalInt signal;
    private final byte[] output;
    private final byte[] errorOutput;
    private final boolean outputTruncated;
    private final boolean errorOutputTruncated;

    private GuestResult(AgentReply status) {
        this.exitCode = number(status, "exitcode");
        this.signal = number(status, "signal");
        this.output = bytes(status, "out-data");
        this.errorOutput = bytes(status, "err-data");
        this.outputTruncated = status.has("out-truncated") && status.flag("out-truncated");
        this.errorOutputTruncated = status.has("err-truncated") && status.flag("err-truncated");
    }

    /** Reads the reply of {@code guest-exec-status} for a process that has ended. */
    static GuestResult of(AgentReply status) {
        return new GuestResult(status);
    }

    private static OptionalInt number(AgentReply status, String member) {
        return status.has(member)
                ? OptionalInt.of(status.integer(member, Integer.MIN_VALUE, Integer.MAX_VALUE))
                : OptionalInt.empty();
    }

    private static byte[] bytes(AgentReply status, String member) {
        return status.has(member) ? status.bytes(member) : new byte[0];
    }

    /**
     * The exit code.
     *
     * @return the code; empty if a signal has ended the process
     */
    public OptionalInt exitCode() {
        return exitCode;
    }

    /**
     * The signal that ended the process.
     *
     * @return its number, in Windows that of an exception; empty if the process has exited by itself
     */
    public OptionalInt signal() {
        return signal;
    }

    /**
     * Whether the process has exited with code 0.
     *
     * @return true if it has
     */
    public boolean isSuccess() {
        return exitCode.isPresent() && exitCode.getAsInt() == 0;
    }

    /**
     * Standard output, if it was kept.
     *
     * @return the bytes, not copied; none if nothing was printed
     */
    public byte[] output() {
        return output;
    }

    /**
     * Standard error, if it was kept by itself.
     *
     * @return the bytes, not copied; none if nothing was printed
     */
    public byte[] errorOutput() {
        return errorOutput;
    }

    /**
     * Standard output as text.
     *
     * @return the bytes decoded as UTF-8; invalid ones become U+FFFD
     */
    public String outputText() {
        return new String(output, StandardCharsets.UTF_8);
    }

    /**
     * Standard error as text.
     *
     * @return as {@link #outputText()}
     */
    public String errorText() {
        return new String(errorOutput, StandardCharsets.UTF_8);
    }

    /**
     * Whether more was printed to standard output than the agent keeps, 16 MiB.
     *
     * @return true if the end is missing
     */
    public boolean isOutputTruncated() {
        return outputTruncated;
    }

    /**
     * Whether more was printed to standard error than the agent keeps, 16 MiB.
     *
     * @return true if the end is missing
     */
    public boolean isErrorOutputTruncated() {
        return errorOutputTruncated;
    }

    /** For people: how it has ended, and how much it has printed. */
    @Override
    public String toString() {
        String end = exitCode.isPresent() ? "exit code " + exitCode.getAsInt() : "signal " + signal.orElse(0);
        return "GuestResult[" + end + ", " + output.length + " and " + errorOutput.length + " bytes printed]";
    }
}
