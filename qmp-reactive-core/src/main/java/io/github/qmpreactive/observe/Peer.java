package io.github.qmpreactive.observe;

/** What a session is held with. */
public enum Peer {
    /** A monitor of QEMU. */
    MONITOR,
    /** QEMU's guest agent. */
    AGENT
}
