package io.github.qmpreactive.option;

/** What happens to the id of a raw message. */
public enum IdPolicy {
    /** The client sends an id of its own, in place of the message's if it has one. */
    ASSIGN,
    /**
     * The message is sent with the id it has, or without one. An id may be a string that does not begin with
     * {@code #}, an integer of 64 bits, a boolean, null, or an array or object of these. While a message without an
     * id waits for its reply no other can be sent.
     */
    KEEP
}
