package io.github.qmpreactive.session;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What one logger of the library's is told until this is closed; meanwhile it is shown nowhere else. */
public final class CapturedLog implements AutoCloseable {

    private final Logger logger;
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
            lines.add(event.getFormattedMessage());
        }
    };

    private CapturedLog(String name, Level level) {
        logger = (Logger) LoggerFactory.getLogger(name);
        appender.start();
        logger.setLevel(level);
        logger.setAdditive(false);
        logger.addAppender(appender);
    }

    static CapturedLog ofWire() {
        return new CapturedLog("io.github.qmpreactive.wire", Level.TRACE);
    }

    public static CapturedLog ofSessions() {
        return new CapturedLog("io.github.qmpreactive.session", Level.DEBUG);
    }

    /** Nothing is kept, and nothing is shown: for tests with very many lines. */
    static CapturedLog silencingSessions() {
        return new CapturedLog("io.github.qmpreactive.session", Level.OFF);
    }

    public static CapturedLog warningsOfSessions() {
        return new CapturedLog("io.github.qmpreactive.session", Level.WARN);
    }

    public static CapturedLog ofFleets() {
        return new CapturedLog("io.github.qmpreactive.fleet", Level.INFO);
    }

    static CapturedLog silencingSupervisors() {
        return new CapturedLog("io.github.qmpreactive.supervise", Level.OFF);
    }

    public static CapturedLog ofSupervisors() {
        return new CapturedLog("io.github.qmpreactive.supervise", Level.INFO);
    }

    static CapturedLog ofListeners() {
        return new CapturedLog("io.github.qmpreactive.listener", Level.INFO);
    }

    /** What Reactor Netty warns of. */
    static CapturedLog ofReactorNetty() {
        return new CapturedLog("reactor.netty", Level.WARN);
    }

    /** Failures of work in guests that is left after a cancel. */
    public static CapturedLog ofGuests() {
        return new CapturedLog("io.github.qmpreactive.guest", Level.WARN);
    }

    /** The lines, and those that are still to come. */
    Queue<String> lines() {
        return lines;
    }

    /** The lines with this word in them, each behind its level. */
    public List<String> about(String word) {
        return events.stream()
                .filter(event -> event.getFormattedMessage().contains(word))
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setAdditive(true);
        logger.setLevel(null);
    }
}
