package io.github.qmpreactive.observe;

/** What a session is held with. Minor releases may add others: a switch needs a default. */
public enum Peer {
    /** A monitor of QEMU. */
    MONITOR,
    /** QEMU's guest agent. */
    AGENT
}
