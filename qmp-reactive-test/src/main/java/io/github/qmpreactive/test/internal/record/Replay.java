package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Replays a recording at a fake, one connection after the other. All of it happens on a thread of its own. */
public final class Replay {

    private static final int MOST_PROBLEMS = 100;

    private final Recording recording;
    private final List<List<Entry>> conversations;
    private final @Nullable Scenes scenes;
    private final RunningFakeQmpServer server;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread created = new Thread(task, "qmp-replay");
        created.setDaemon(true);
        return created;
    });
    /** Not of Schedulers' own making: those stand still in virtual time. */
    private final Scheduler thread = Schedulers.fromExecutorService(executor);

    private final Pace pace;
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final List<InOrder> begun = new ArrayList<>();
    private final Disposable.Swap clients = Disposables.swap();

    /**
     * A replay that has not begun.
     *
     * @param recording what is replayed
     * @param byCommand whether commands are answered whenever they come, or have to come in order
     * @param timer for the pace of the recording, looked up at each wait; null for none
     * @param server neither greets nor answers
     */
    public Replay(
            Recording recording, boolean byCommand, @Nullable Supplier<Scheduler> timer, RunningFakeQmpServer server) {
        this.recording = recording;
        this.conversations = recording.conversations();
        this.scenes = byCommand ? new Scenes(recording) : null;
        this.server = server;
        this.pace = new Pace(timer, thread);
    }

    /** Begins to serve clients. */
    public void start() {
        clients.update(server.connections()
                .publishOn(thread)
                // As QEMU does: one at a time, the others wait.
                .concatMap(this::serve)
                .subscribe());
    }

    /**
     * Whether commands have to come in order.
     *
     * @return whether they do
     */
    public boolean isInOrder() {
        return scenes == null;
    }

    /**
     * What was sent though it was not recorded.
     *
     * @return a copy, a text for each
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * What was recorded, and was not sent.
     *
     * @return emits a text for each
     */
    public Mono<List<String>> missing() {
        Mono<List<String>> missing = Mono.fromCallable(this::unsent);
        // When it is closed nothing changes any more.
        return missing.subscribeOn(thread).onErrorResume(RejectedExecutionException.class, closed -> missing);
    }

    private List<String> unsent() {
        if (scenes != null) {
            return scenes.missing();
        }
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < conversations.size(); i++) {
            int passed = i < begun.size() ? begun.get(i).passed() : 0;
            firstUnsent(conversations.get(i), passed).ifPresent(missing::add);
        }
        return missing;
    }

    /**
     * Closes the server and all that belongs to it.
     *
     * @return completes when all is closed
     */
    public Mono<Void> close() {
        return server.closeLater().doFinally(signal -> {
            clients.dispose();
            executor.shutdown();
        });
    }

    private Mono<Void> serve(FakeConnection connection) {
        Player player = playerOf(connection);
        player.begin();
        return connection
                .commands()
                .publishOn(thread)
                .doOnNext(player::onCommand)
                .then();
    }

    private Player playerOf(FakeConnection connection) {
        Replayed replayed = new Replayed(connection);
        if (scenes != null) {
            return new ByCommand(scenes, connection.number(), replayed, pace, this::problem);
        }
        List<Entry> entries = List.of();
        if (begun.size() < conversations.size()) {
            entries = conversations.get(begun.size());
        } else {
            problem(recording.name() + " has " + conversations.size()
                    + " connections, but a client has connected once more; it is not greeted");
        }
        InOrder player = new InOrder(recording, entries, replayed, pace, this::problem);
        begun.add(player);
        return player;
    }

    /** Keeps the first ones: a client may go on for long. */
    private void problem(String text) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(text);
        } else if (problems.size() == MOST_PROBLEMS) {
            problems.add("Further ones are not kept");
        }
    }

    private Optional<String> firstUnsent(List<Entry> conversation, int passed) {
        for (Entry entry : conversation.subList(passed, conversation.size())) {
            if (entry.mark().direction() == Direction.CLIENT && entry instanceof Entry.Message message) {
                return Optional.of(
                        recording.placeOf(entry) + ": " + new RecordedCommand(message).text() + " was not sent");
            }
        }
        return Optional.empty();
    }
}
