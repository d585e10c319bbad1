package io.github.qmpreactive.test.contract;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import reactor.core.publisher.Mono;

/**
 * What a {@link QmpSessionContract} has to know of the server that it is run against. Only {@link #client()} must be
 * implemented; what is said of the others fits a QEMU that waits for {@code cont}, as one with {@code -S} does. Tests
 * of what a server is said not to be able to do are skipped, with the reason.
 */
public interface SessionUnderTest {

    /**
     * A client of the server. Each test has a server of its own, which no other client is connected to; tests change
     * settings of the client, and may open several sessions, one after the other.
     *
     * @return the client, with the address of the server; the same server throughout one test
     */
    QmpClient client();

    /**
     * Opens a session. To be overridden where the server connects to the client, for example by
     * {@code return client.accept();}.
     *
     * @param client the {@link #client()}, with other settings
     * @return a session when it is subscribed to; by default the client connects
     */
    default Mono<QmpSession> open(QmpClient client) {
        return client.connect();
    }

    /** {@return a command that succeeds whenever it is run, and changes nothing: {@code query-status} by default} */
    default QmpCommand query() {
        return QmpCommand.of("query-status");
    }

    /**
     * {@return commands that cause events, and can be run again and again: {@code cont} with RESUME and {@code stop}
     * with STOP by default; empty where there are none}
     */
    default List<CausedEvent> causedEvents() {
        return List.of(CausedEvent.of("cont", "RESUME"), CausedEvent.of("stop", "STOP"));
    }

    /**
     * {@return a command that succeeds out of band, where the server offers {@code oob}: {@code query-yank} by default;
     * empty where there is none}
     */
    default Optional<QmpCommand> outOfBand() {
        return Optional.of(QmpCommand.of("query-yank"));
    }

    /**
     * Keeps the server from reading and answering, with its connections open, until {@link #resume()} is called or it
     * ends: by SIGSTOP for a process, {@code faults().stall()} for a fake. May block.
     */
    default void suspend() {
        Assumptions.abort("this server cannot be suspended: suspend() and resume() are not implemented");
    }

    /** Continues the server after {@link #suspend()}: it answers what it received meanwhile. May block. */
    default void resume() {
        Assumptions.abort("this server cannot be suspended: suspend() and resume() are not implemented");
    }

    /**
     * Ends the server, or its connections, without a warning: by SIGKILL for a process, {@code reset()} for a
     * connection of a fake. Also while it is suspended. Need not wait until that is done.
     */
    default void endAbruptly() {
        Assumptions.abort("this server cannot be ended abruptly: endAbruptly() is not implemented");
    }
}
