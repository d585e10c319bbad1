package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.message.Greeting;
import java.util.Set;

/**
 * A session that is ready for commands.
 *
 * @param session the session
 * @param greeting what the server said first
 * @param capabilities what was enabled
 */
public record NegotiatedSession(Session session, Greeting greeting, Set<String> capabilities) {}
