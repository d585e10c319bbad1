package io.github.qmpreactive.guest;

/**
 * Which outputs of a process in the guest the agent keeps, up to 16 MiB of each. Minor releases may add others: a switch
 * needs a default.
 */
public enum GuestCapture {
    /** None. */
    NONE,

    /** Standard output and standard error, each by itself; every agent can. */
    SEPARATE,

    /**
     * Both in one, in the order in which they were written, as standard output. Agents of QEMU 10.0 can; those of QEMU 7.2
     * refuse it, and so do agents in Windows.
     */
    MERGED;

    /** As {@code capture-output}. Modes for one output alone are missing: with agents 10.0 and 11.1 they never end. */
    Object json() {
        return switch (this) {
            case NONE -> false;
            case SEPARATE -> true;
            case MERGED -> "merged";
        };
    }
}
