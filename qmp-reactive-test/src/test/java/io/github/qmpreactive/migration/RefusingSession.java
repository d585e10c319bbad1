package io.github.qmpreactive.migration;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.message.QmpCommand;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Mono;

/** A session whose queue has no room for the first command of a name. */
final class RefusingSession {

    private RefusingSession() {}

    static QmpSession of(QmpSession session, String name) {
        AtomicBoolean refused = new AtomicBoolean();
        return (QmpSession) Proxy.newProxyInstance(
                QmpSession.class.getClassLoader(), new Class<?>[] {QmpSession.class}, (proxy, method, arguments) -> {
                    boolean isMeant = arguments != null
                            && arguments[0] instanceof QmpCommand command
                            && command.name().equals(name);
                    if (isMeant && refused.compareAndSet(false, true)) {
                        return Mono.error(
                                new CommandQueueFullError("no room", CommandQueueFullError.Limit.MAX_QUEUED, 1, 1));
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
