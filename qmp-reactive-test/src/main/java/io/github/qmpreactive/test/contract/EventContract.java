package io.github.qmpreactive.test.contract;

import static io.github.qmpreactive.test.contract.Waiting.await;
import static io.github.qmpreactive.test.contract.Waiting.inSession;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.message.QmpEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

/** Events, and commands that cause them; a part of {@link QmpSessionContract}. */
public interface EventContract extends SessionUnderTest {

    private List<CausedEvent> caused() {
        List<CausedEvent> caused = causedEvents();
        assumeFalse(caused.isEmpty(), "this server has no command that causes an event");
        return caused;
    }

    private List<String> names() {
        return caused().stream().map(CausedEvent::event).toList();
    }

    /** The next of the events that the commands cause. */
    private CompletableFuture<List<String>> next(QmpSession session, int count) {
        return session.events(names().toArray(String[]::new))
                .map(QmpEvent::name)
                .take(count)
                .collectList()
                .toFuture();
    }

    private void causeAll(QmpSession session) {
        for (CausedEvent caused : caused()) {
            await(session.execute(caused.command()));
        }
    }

    /** Every subscriber is given every event, in the order in which they happen. */
    @Test
    @DisplayName("Every subscriber gets every event, in their order, and one that asks for a name gets that alone")
    default void severalSubscribers() {
        List<String> names = names();
        inSession(this, session -> {
            List<CompletableFuture<List<String>>> all =
                    List.of(next(session, names.size()), next(session, names.size()));
            CompletableFuture<QmpEvent> last =
                    session.events(names.get(names.size() - 1)).next().toFuture();
            causeAll(session);
            for (CompletableFuture<List<String>> seen : all) {
                assertEquals(names, await(seen));
            }
            QmpEvent event = await(last);
            assertEquals(names.get(names.size() - 1), event.name());
            assertEquals(event.name(), event.raw().path("event").stringValue());
        });
    }

    /** Subscribers come and go without a trace. */
    @Test
    @DisplayName("A subscriber that cancels takes nothing from others, and later ones get what comes then")
    default void cancelling() {
        List<String> names = names();
        inSession(this, session -> {
            Disposable cancelled = session.events().subscribe(event -> {}, e -> {});
            CompletableFuture<List<String>> stays = next(session, 2 * names.size());
            causeAll(session);
            cancelled.dispose();
            CompletableFuture<List<String>> late = next(session, names.size());
            causeAll(session);
            assertEquals(names, await(late));
            assertEquals(2 * names.size(), await(stays).size());
        });
    }

    /** A subscriber that requests nothing delays no other. */
    @Test
    @DisplayName("A subscriber that asks for nothing delays neither replies nor other subscribers")
    default void slowSubscriber() {
        List<String> names = names();
        inSession(this, session -> {
            BaseSubscriber<QmpEvent> stuck = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    // Asks for nothing.
                }
            };
            session.events().subscribe(stuck);
            int rounds = 20;
            CompletableFuture<List<String>> others = next(session, rounds * names.size());
            for (int i = 0; i < rounds; i++) {
                causeAll(session);
            }
            assertEquals(rounds * names.size(), await(others).size());
            stuck.cancel();
        });
    }

    /** {@code executeAndAwait} does not miss an event that comes before the reply. */
    @Test
    @DisplayName(
            "executeAndAwait gets the event of its own command, whether it comes before the reply or after, 50 times")
    default void executeAndAwait() {
        inSession(this, session -> {
            for (int i = 0; i < 50; i++) {
                CausedEvent caused = caused().get(i % caused().size());
                QmpEvent event = await(session.executeAndAwait(caused.command(), QmpEvent.named(caused.event())));
                assertEquals(caused.event(), event.name());
            }
        });
    }

    /** {@code executeAndAwait} fails if its command does. */
    @Test
    @DisplayName("executeAndAwait fails with the command's error, without waiting for an event")
    default void executeAndAwaitFails() {
        inSession(this, session -> {
            ExecuteError error = Waiting.failure(
                    ExecuteError.class, session.executeAndAwait(QmpCommand.of("no-such-command"), event -> true));
            assertTrue(error.description().contains("no-such-command"), error::description);
        });
    }
}
