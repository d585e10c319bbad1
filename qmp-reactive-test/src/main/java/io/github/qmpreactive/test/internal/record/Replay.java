package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.FakeConnection;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Replays a recording at a fake, one connection after the other. Lives on the fakes' event loop. */
public final class Replay {

    private static final int MOST_PROBLEMS = 100;

    private final Recording recording;
    private final List<List<Entry>> conversations;
    private final @Nullable Scenes scenes;
    private final @Nullable Supplier<Scheduler> timer;
    private final RunningFakeQmpServer server;
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final List<InOrder> begun = new ArrayList<>();
    private final Disposable.Swap clients = Disposables.swap();

    /**
     * A replay that has not begun.
     *
     * @param byCommand whether commands are answered whenever they come, or have to come in order
     * @param timer for the pace of the recording, looked up at each wait; null for none
     * @param server neither greets nor answers
     */
    public Replay(
            Recording recording, boolean byCommand, @Nullable Supplier<Scheduler> timer, RunningFakeQmpServer server) {
        this.recording = recording;
        this.conversations = recording.conversations();
        this.scenes = byCommand ? new Scenes(recording) : null;
        this.timer = timer;
        this.server = server;
    }

    /** Begins to serve clients: as QEMU does, one at a time, the others wait. */
    public void start() {
        FakeLoop.run(
                () -> clients.update(server.connections().concatMap(this::serve).subscribe()));
    }

    /** Whether commands have to come in order. */
    public boolean isInOrder() {
        return scenes == null;
    }

    /** Returns a text for each command that was sent though it was not recorded. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** Emits a text for each command that was recorded and was not sent, in order for the first of each connection. */
    public Mono<List<String>> missing() {
        return Mono.create(
                sink -> FakeLoop.run(() -> sink.success(scenes == null ? firstMissing() : scenes.missing())));
    }

    private List<String> firstMissing() {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < conversations.size(); i++) {
            InOrder player = i < begun.size() ? begun.get(i) : null;
            InOrder.missing(recording, conversations.get(i), player).ifPresent(missing::add);
        }
        return missing;
    }

    /** Closes the server and all that belongs to it; completes when all is closed. */
    public Mono<Void> close() {
        return server.closeLater().doFinally(signal -> clients.dispose());
    }

    private Mono<Void> serve(FakeConnection connection) {
        Player player = playerOf(connection);
        player.begin();
        return connection.commands().doOnNext(player::onCommand).then();
    }

    private Player playerOf(FakeConnection connection) {
        if (scenes != null) {
            return new ByCommand(scenes, connection, timer, this::problem);
        }
        List<Entry> entries = List.of();
        if (begun.size() < conversations.size()) {
            entries = conversations.get(begun.size());
        } else {
            problem(recording.name() + " has " + conversations.size()
                    + " connections, but a client has connected once more; it is not greeted");
        }
        InOrder player = new InOrder(recording, entries, connection, timer, this::problem);
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
}
