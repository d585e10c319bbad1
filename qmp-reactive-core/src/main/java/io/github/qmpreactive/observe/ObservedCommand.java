package io.github.qmpreactive.observe;

/**
 * A command that was subscribed to. Its arguments are not here: they may hold secrets.
 *
 * @param session the name of its session
 * @param peer what the session is held with
 * @param name its name as the caller gave it: any text, also one that QEMU does not know
 * @param outOfBand whether it goes out of band
 */
public record ObservedCommand(String session, Peer peer, String name, boolean outOfBand) {}
