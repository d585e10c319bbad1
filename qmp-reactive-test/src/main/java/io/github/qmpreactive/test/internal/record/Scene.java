package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.internal.codec.Secrets;
import io.github.qmpreactive.internal.codec.WireText;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.ReceivedCommand;
import io.github.qmpreactive.test.internal.json.JsonDifferences;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.net.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A command that was recorded, and what QEMU did then: its reply, wherever that came, and the events between the command and
 * the next one. Ids do not count, and neither do secrets.
 */
final class Scene {

    private final Entry entry;
    private final ObjectNode command;
    private final List<Entry> early = new ArrayList<>();
    private final List<Entry> late = new ArrayList<>();
    private @Nullable Entry reply;
    private volatile boolean played;

    private Scene(Entry entry, ObjectNode command) {
        this.entry = entry;
        this.command = command;
    }

    /** The scenes of one connection. */
    static List<Scene> of(List<Entry> conversation) {
        List<Scene> scenes = new ArrayList<>();
        Map<JsonNode, Queue<Scene>> unanswered = new HashMap<>();
        for (Entry entry : conversation) {
            ObjectNode message = entry.message();
            Queue<Scene> sameId = unanswered.computeIfAbsent(entry.id(), id -> new ArrayDeque<>());
            if (entry.isReply() && !sameId.isEmpty()) {
                sameId.remove().reply = entry;
            } else if (!entry.isServer() && message != null) {
                Scene scene = new Scene(entry, message);
                scenes.add(scene);
                sameId.add(scene);
            } else if (entry.isServer() && !entry.isReply() && !scenes.isEmpty()) {
                Scene scene = scenes.get(scenes.size() - 1);
                (scene.reply == null ? scene.early : scene.late).add(entry);
            }
        }
        return scenes;
    }

    Entry entry() {
        return entry;
    }

    /** What QEMU did after the reply. */
    List<Entry> late() {
        return late;
    }

    boolean isPlayed() {
        return played;
    }

    void markPlayed() {
        played = true;
    }

    /** All that QEMU did, at once. */
    Answer answer() {
        Answer answer = earlyAnswer();
        for (Entry action : late) {
            answer = with(answer, action, false);
        }
        return answer;
    }

    /**
     * The reply and what came before it, when QEMU sent the reply.
     *
     * @param then is given the time of the recording when that is sent
     */
    Answer answerInTime(Supplier<Scheduler> clock, Consumer<Duration> then) {
        Entry last = reply == null && !early.isEmpty() ? early.get(early.size() - 1) : reply;
        Duration at = last == null ? entry.time() : last.time();
        Duration delay = at.minus(entry.time());
        JsonNode value = reply == null
                ? MissingNode.getInstance()
                : reply.json().path("message").path("return");
        if (value.isMissingNode()) {
            var unused = Timers.after(clock, delay, () -> then.accept(at));
            return earlyAnswer().delayed(delay);
        }
        return withEarly(Answer.reply(command -> {
                    then.accept(at);
                    return value;
                }))
                .delayed(delay);
    }

    private Answer earlyAnswer() {
        JsonNode message =
                reply == null ? MissingNode.getInstance() : reply.json().path("message");
        JsonNode error = message.path("error");
        Answer answer = message.has("return") ? Answer.reply(message.path("return")) : Answer.text("");
        if (error.isObject()) {
            answer = Answer.error(
                    error.path("class").asString(""), error.path("desc").asString(""));
        }
        return withEarly(answer);
    }

    private Answer withEarly(Answer reply) {
        Answer answer = reply;
        for (Entry action : early) {
            answer = with(answer, action, true);
        }
        return answer;
    }

    private static Answer with(Answer answer, Entry action, boolean before) {
        ObjectNode event = action.message();
        if (event == null) {
            return action.isReset() ? answer.thenReset() : answer.thenClose();
        }
        String name = event.path("event").asString("");
        if (!event.has("data")) {
            return before ? answer.eventBefore(name) : answer.eventAfter(name);
        }
        String data = JsonText.write(event.path("data"));
        return before ? answer.eventBefore(name, data) : answer.eventAfter(name, data);
    }

    /** In what a command differs; nothing if it is the same. */
    List<String> differences(ReceivedCommand received) {
        return JsonDifferences.ofWhole(comparable(received.raw()), comparable(command), "").stream()
                .filter(difference -> entry.hidden().stream().noneMatch(place -> isOfSecret(difference, place)))
                .toList();
    }

    /** Whether a difference is that some other value is where a secret was. */
    private static boolean isOfSecret(String difference, String place) {
        return difference.startsWith(place + ": expected \"" + Secrets.HIDDEN + "\", but was ");
    }

    /** Whether it is a command of the same name, whatever its arguments. */
    boolean isNamedLike(ReceivedCommand received) {
        return command.path(received.isOob() ? "exec-oob" : "execute")
                .asString("")
                .equals(received.name());
    }

    String name() {
        return command.path(command.has("execute") ? "execute" : "exec-oob").asString("");
    }

    /** For people. */
    @Override
    public String toString() {
        return text(command);
    }

    static String text(ObjectNode command) {
        return WireText.of(command.deepCopy().without("id"));
    }

    private static ObjectNode comparable(ObjectNode message) {
        ObjectNode comparable = message.deepCopy();
        comparable.remove("id");
        if (!comparable.has("arguments")) {
            comparable.putObject("arguments");
        }
        return comparable;
    }
}
