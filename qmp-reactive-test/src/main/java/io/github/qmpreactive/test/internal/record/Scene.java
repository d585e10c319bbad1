package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.protocol.Command;
import io.github.qmpreactive.test.internal.protocol.QmpInput;
import io.github.qmpreactive.test.internal.script.ScriptStep;
import io.github.qmpreactive.test.internal.stub.EventTemplate;
import io.github.qmpreactive.test.internal.stub.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A command that was recorded, and what QEMU did then: its reply, wherever that came, and the events between the command and
 * the next one.
 */
final class Scene {

    private final Entry entry;
    private final Command command;
    private final String place;
    private final List<Entry> early = new ArrayList<>();
    private final List<Entry> late = new ArrayList<>();
    private @Nullable Entry reply;

    private Scene(Entry entry, Command command, String place) {
        this.entry = entry;
        this.command = command;
        this.place = place;
    }

    /** Those of all connections. A fake answers by itself what is no command. */
    static List<Scene> of(Recording recording) {
        List<Scene> scenes = new ArrayList<>();
        for (List<Entry> conversation : recording.conversations()) {
            scenes.addAll(of(recording, conversation));
        }
        return scenes;
    }

    private static List<Scene> of(Recording recording, List<Entry> conversation) {
        List<Scene> scenes = new ArrayList<>();
        Map<JsonNode, Queue<Scene>> unanswered = new HashMap<>();
        for (Entry entry : conversation) {
            Queue<Scene> sameId = unanswered.computeIfAbsent(entry.id(), id -> new ArrayDeque<>());
            if (entry.isReply() && !sameId.isEmpty()) {
                sameId.remove().reply = entry;
            } else if (!entry.isServer()) {
                command(entry).ifPresent(command -> {
                    Scene scene = new Scene(entry, command, recording.placeOf(entry));
                    scenes.add(scene);
                    sameId.add(scene);
                });
            } else if (!entry.isReply() && !scenes.isEmpty()) {
                Scene scene = scenes.get(scenes.size() - 1);
                (scene.reply == null ? scene.early : scene.late).add(entry);
            }
        }
        return scenes;
    }

    private static Optional<Command> command(Entry entry) {
        ObjectNode message = entry.message();
        return message == null || QmpInput.problemOf(message, true) != null
                ? Optional.empty()
                : Command.of(message).filter(command -> !command.name().isBlank());
    }

    String name() {
        return command.name();
    }

    boolean isOob() {
        return command.isOob();
    }

    /** The same for each time that the command was sent. */
    Object key() {
        return List.of(command.name(), command.isOob(), command.arguments(), entry.hidden());
    }

    /** What a command has to be like. */
    ScriptStep.Expect expected() {
        QmpCommand plain = QmpCommand.of(command.name()).arguments(command.arguments());
        return new ScriptStep.Expect(command.isOob() ? plain.oob() : plain, false, place, entry.hidden());
    }

    /** All that QEMU did, at once or as long after the command as then. */
    Response response(boolean paced) {
        Response response = reply();
        for (Entry action : early) {
            response = with(response, action, true, Duration.ZERO);
        }
        Entry last = reply == null && !early.isEmpty() ? early.get(early.size() - 1) : reply;
        Duration time = last == null ? entry.time() : last.time();
        Duration delay = time.minus(entry.time());
        if (paced) {
            response = response.changed(copy -> copy.delay = delay);
        }
        for (Entry action : late) {
            response = with(response, action, false, paced ? action.time().minus(time) : Duration.ZERO);
            time = action.time();
        }
        return response;
    }

    private Response reply() {
        JsonNode message =
                reply == null ? MissingNode.getInstance() : reply.json().path("message");
        JsonNode error = message.path("error");
        if (error.isObject()) {
            return Response.error(
                    error.path("class").asString(""), error.path("desc").asString(""));
        }
        return message.has("return") ? Response.success(message.path("return")) : Response.SILENCE;
    }

    private static Response with(Response response, Entry action, boolean before, Duration pause) {
        ObjectNode message = action.message();
        if (message == null) {
            return response.changed(copy -> copy.ending = action.ending());
        }
        EventTemplate event = new EventTemplate(message.path("event").asString(""), message.get("data"), false, pause);
        return before ? response.eventBefore(event) : response.eventAfter(event);
    }
}
