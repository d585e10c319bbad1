package io.github.qmpreactive.test;

import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.log.Inbox;
import io.github.qmpreactive.test.internal.protocol.Command;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * The commands that a fake has received: on one connection, on all connections of a server, or of these those that came
 * after {@link #fromNow()} was called. {@code qmp_capabilities} is among them, and so are commands that were refused.
 * What names no command is found in {@link FakeConnection#receivedBytes()} alone.
 *
 * <p>Of all connections together a fake keeps the newest 100,000 commands, and of those that came in 64 MiB; the system
 * properties {@code qmp.test.keptCommands} and {@code qmp.test.keptBytes} set other limits. It drops older ones, logs a
 * warning the first time, and {@link #isComplete()} is false from then on.
 */
public sealed class ReceivedCommands permits FakeConnection, RunningFakeQmpServer {

    private final Inbox inbox;
    private final long after;

    ReceivedCommands(Inbox inbox, long after) {
        this.inbox = inbox;
        this.after = after;
    }

    /**
     * {@return a copy of the commands that have come and are kept, in the order of arrival; of several connections
     * those of one after those of the one before}
     */
    public final List<ReceivedCommand> received() {
        return inbox.list(after).stream().map(ReceivedCommand::new).toList();
    }

    /**
     * The commands of one name that have come and are kept.
     *
     * @param command the name
     * @return a copy, in the order of {@link #received()}
     */
    public final List<ReceivedCommand> received(String command) {
        return received().stream().filter(c -> c.name().equals(command)).toList();
    }

    /** {@return whether {@link #received()} has all commands that have come: false once one of them was dropped} */
    public final boolean isComplete() {
        return inbox.isComplete(after);
    }

    /**
     * The commands, in the order of arrival.
     *
     * @return emits those that are kept and each that comes, on the event loop of the fakes; completes when the
     *     connection, or the server, is closed; errors with an IllegalStateException if as many as the fake keeps wait
     *     for a subscriber that has not requested them
     */
    public final Flux<ReceivedCommand> commands() {
        return inbox.flux(after).map(ReceivedCommand::new);
    }

    /**
     * The commands that come from now on. A test that has done the same thing before waits with it for the second time.
     *
     * @return the same methods, for those commands alone
     */
    public final ReceivedCommands fromNow() {
        return new ReceivedCommands(inbox, inbox.now());
    }

    /**
     * Waits for a command, 10 s at most; blocks. If its turn has come, the fake has handled it when this returns: it
     * has answered it, or started its delay. In virtual time, advancing the clock after this call counts towards that
     * delay.
     *
     * @param command its name
     * @return the first of that name, which may have come already
     * @throws AssertionError if there is none by then, or the connection, or the server, is closed without; lists what
     *     came. At once if one of that name was dropped
     */
    public final ReceivedCommand awaitCommand(String command) {
        return await(command, 0, Checks.PATIENCE);
    }

    /**
     * As {@link #awaitCommand(String)}, for one of several.
     *
     * @param command its name
     * @param number 0 for the first of that name, 1 for the second
     * @return the command, which may have come already
     * @throws AssertionError as that, if there are fewer
     * @throws IllegalArgumentException if the number is negative
     */
    public final ReceivedCommand awaitCommand(String command, int number) {
        return await(command, number, Checks.PATIENCE);
    }

    /**
     * As {@link #awaitCommand(String)}, for another time.
     *
     * @param command its name
     * @param timeout how long
     * @return the first of that name, which may have come already
     * @throws AssertionError as that
     */
    public final ReceivedCommand awaitCommand(String command, Duration timeout) {
        return await(command, 0, timeout);
    }

    private ReceivedCommand await(String command, int number, Duration timeout) {
        Checks.notNegative(number, "number");
        String what = (number == 0 ? command : command + " number " + number + " (0 is the first)") + " on " + inbox
                + (after == 0 ? "" : " since fromNow()");
        Command found = Checks.await(inbox.find(after, command, number), timeout, what, () -> inbox.described(after));
        Checks.settle();
        return new ReceivedCommand(found);
    }

    /** For people: which commands these are. */
    @Override
    public String toString() {
        return "commands on " + inbox + (after == 0 ? "" : " since fromNow()");
    }
}
