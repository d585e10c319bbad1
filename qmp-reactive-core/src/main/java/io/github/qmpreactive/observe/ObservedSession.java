package io.github.qmpreactive.observe;

/**
 * A session that is being opened.
 *
 * @param name its name when it is opened; {@code QmpSession.rename} may change it later
 * @param peer what it is held with
 */
public record ObservedSession(String name, Peer peer) {}
