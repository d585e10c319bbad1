package io.github.qmpreactive.error;

/**
 * A job of QEMU has failed, and its work is incomplete. Block nodes that were attached for it, such as the target of a
 * mirror, stay attached: {@code blockdev-del} them before trying again.
 */
public final class JobFailedError extends JobError {

    private static final long serialVersionUID = 1L;

    /** The kind of the job. */
    private final String type;
    /** QEMU's text. */
    private final String reason;

    /**
     * An error with QEMU's reason.
     *
     * @param message the job and the reason
     * @param job the id of the job
     * @param type its kind, for example {@code "mirror"}; empty if unknown
     * @param reason QEMU's text; empty if QEMU has not told
     */
    public JobFailedError(String message, String job, String type, String reason) {
        super(message, job, null);
        this.type = type;
        this.reason = reason;
    }

    /**
     * The kind of the job.
     *
     * @return for example {@code "mirror"}; empty if it is not known
     */
    public String type() {
        return type;
    }

    /**
     * Why it failed.
     *
     * @return QEMU's text, meant for people, for example {@code "No space left on device"}; empty if the job was gone
     *     before QEMU told; then it may also have been cancelled, by a client that dismissed it or since QEMU ended
     */
    public String reason() {
        return reason;
    }
}
