package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.message.Greeting;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session that is ready for commands.
 *
 * @param session the session
 * @param greeting what the server said first; null where that was not awaited
 * @param capabilities what was enabled
 */
public record NegotiatedSession(Session session, @Nullable Greeting greeting, Set<String> capabilities) {}
