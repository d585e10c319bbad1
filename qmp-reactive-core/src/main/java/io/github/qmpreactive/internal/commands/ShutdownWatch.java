package io.github.qmpreactive.internal.commands;

import io.github.qmpreactive.message.QemuVersion;

/**
 * Whether the end of the connection is to be expected: after {@code quit} was written, or after a SHUTDOWN event with
 * nothing since that shows that the machine lives on. With {@code -no-shutdown} SHUTDOWN is followed by STOP, but not if
 * the machine is paused; then the reply to a command that was written after the event shows it.
 */
public final class ShutdownWatch {

    /** QEMU 5.2 may answer one more command while it ends; 7.2, 10.0 and 11.1 answer none. */
    private static final int REPLIES_OF_OLD_QEMU = 2;

    private boolean quitWritten;

    /** Tells apart the commands written before and after the latest sign; 0 unless a SHUTDOWN event is in force. */
    private int mark;

    private int lastMark;
    private int repliesNeeded = 1;
    private int repliesMissing;

    /** The server has told its version. */
    public void greeted(QemuVersion version) {
        if (!version.isAtLeast(7, 2)) {
            repliesNeeded = REPLIES_OF_OLD_QEMU;
        }
    }

    void quitWritten() {
        quitWritten = true;
    }

    void quitRefused() {
        quitWritten = false;
    }

    public void event(String name) {
        switch (name) {
            case "SHUTDOWN" -> {
                repliesMissing = repliesNeeded;
                mark = ++lastMark;
            }
            case "STOP", "RESUME", "RESET" -> mark = 0;
            default -> {}
        }
    }

    /** Returns the argument of {@link #answered} for a command that is written in band now. */
    int mark() {
        return mark;
    }

    /** A command was answered that was written in band at this mark. */
    void answered(int markWhenWritten) {
        if (mark != 0 && mark == markWhenWritten) {
            repliesMissing--;
            mark = repliesMissing == 0 ? 0 : ++lastMark;
        }
    }

    public boolean endIsExpected() {
        return quitWritten || mark != 0;
    }
}
