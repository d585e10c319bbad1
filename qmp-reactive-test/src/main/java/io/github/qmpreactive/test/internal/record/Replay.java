package io.github.qmpreactive.test.internal.record;

import io.github.qmpreactive.test.internal.script.ScriptStep;
import io.github.qmpreactive.test.internal.stub.Condition;
import io.github.qmpreactive.test.internal.stub.Response;
import io.github.qmpreactive.test.internal.stub.Stub;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a fake is told, so that it does once more what QEMU did: a stub for each command, or a script. */
public final class Replay {

    private static final String NEGOTIATION = "qmp_capabilities";

    private final Recording recording;
    private final List<Scene> scenes;
    private final boolean paced;

    /** A replay that takes as long as the recording, or no time. */
    public Replay(Recording recording, boolean paced) {
        this.recording = recording;
        this.scenes = Scene.of(recording);
        this.paced = paced;
    }

    /** Whether a client has negotiated. */
    public boolean negotiates() {
        return scenes.stream().anyMatch(Replay::isNegotiation);
    }

    /** Answers negotiations one after the other, whatever they enable. */
    public Stub negotiation() {
        return new Stub(NEGOTIATION, false)
                .answering(
                        responses(scenes.stream().filter(Replay::isNegotiation).toList()));
    }

    /** Answers each of the other commands, the second time as the second time. In the order in which they are said. */
    public List<Stub> stubs() {
        Map<Object, List<Scene>> same =
                commands().stream().collect(Collectors.groupingBy(Scene::key, LinkedHashMap::new, Collectors.toList()));
        List<Stub> stubs = new ArrayList<>(List.of(others()));
        same.values().forEach(calls -> stubs.add(stub(calls)));
        return stubs;
    }

    /** Expects the other commands in their order. */
    public List<ScriptStep> steps() {
        List<ScriptStep> steps = new ArrayList<>();
        for (Scene scene : commands()) {
            int expected = steps.size();
            steps.add(scene.expected());
            steps.add(new ScriptStep.Act("as recorded", scene.name(), expected, scene.response(paced)));
        }
        return steps;
    }

    private Stub stub(List<Scene> calls) {
        Scene first = calls.get(0);
        ScriptStep.Expect expected = first.expected();
        return new Stub(first.name(), first.isOob())
                .with(new Condition(" (" + expected.place() + ")", null, expected::differences))
                .answering(responses(calls));
    }

    /** Answers nothing: the error says so. */
    private Stub others() {
        String names = commands().stream().map(Scene::name).distinct().collect(Collectors.joining(", "));
        return new Stub(null, true)
                .with(new Condition(
                        " (" + recording.name() + ")", null, command -> List.of("its commands are " + names)));
    }

    private List<Scene> commands() {
        return scenes.stream().filter(scene -> !isNegotiation(scene)).toList();
    }

    private List<Response> responses(List<Scene> calls) {
        return calls.stream().map(scene -> scene.response(paced)).toList();
    }

    private static boolean isNegotiation(Scene scene) {
        return scene.name().equals(NEGOTIATION);
    }
}
