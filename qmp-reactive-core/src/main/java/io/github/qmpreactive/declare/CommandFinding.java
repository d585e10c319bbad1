package io.github.qmpreactive.declare;

/**
 * What {@link QmpCommands#check} has found: where a method of a declared interface does not fit a QEMU.
 *
 * @param method the name of the method
 * @param command the command that it executes
 * @param member the argument, or the member of the result, for example {@code "inserted.image.virtual-size"}; empty where it is
 *     the command itself
 * @param kind what does not fit
 * @param text the finding in words, without method and command
 */
public record CommandFinding(String method, String command, String member, Kind kind, String text) {

    /** What does not fit. Minor releases may add others: a switch needs a default. */
    public enum Kind {
        /** QEMU does not have the command. */
        UNKNOWN_COMMAND,

        /** The method is {@code oob}, and QEMU executes the command in band alone. */
        NOT_OOB,

        /** The command does not take the argument, and QEMU refuses the call that has it. */
        UNKNOWN_ARGUMENT,

        /** The command needs an argument that the method does not have. */
        MISSING_ARGUMENT,

        /** The argument has another type of JSON. */
        ARGUMENT_TYPE,

        /** QEMU does not take one of the values that an enum, or a union, may send. */
        UNKNOWN_VALUE,

        /** The result does not have the member, which is null, empty or 0 then. */
        UNKNOWN_RESULT,

        /** The result, or a member of it, has another type of JSON. */
        RESULT_TYPE,

        /** A note: QEMU is going to remove this. */
        DEPRECATED,

        /** A note: QEMU may change this in any version. */
        UNSTABLE;

        /**
         * Whether it works with this QEMU all the same.
         *
         * @return true for {@link #DEPRECATED} and {@link #UNSTABLE}
         */
        public boolean isNote() {
            return this == DEPRECATED || this == UNSTABLE;
        }
    }

    /** Method, command and finding, fit for a log. */
    @Override
    public String toString() {
        return method + " (" + command + "): " + text;
    }
}
