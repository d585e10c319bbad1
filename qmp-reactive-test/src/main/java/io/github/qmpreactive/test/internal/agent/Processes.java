package io.github.qmpreactive.test.internal.agent;

import static io.github.qmpreactive.test.internal.vm.machine.QmpRefusal.generic;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The programs that the agent has started, each until its result was handed out. Lives on the fakes' event loop. */
final class Processes {

    private static final Set<String> EXEC = Set.of("path", "arg", "env", "input-data", "capture-output");
    private static final Set<String> CAPTURES = Set.of("none", "stdout", "stderr", "separated", "merged");
    private static final String CAPTURE = "capture-output";

    private final AgentSettings settings;
    private final Map<Long, StartedProgram> processes = new HashMap<>();
    private long lastPid = 100;

    Processes(AgentSettings settings) {
        this.settings = settings;
    }

    JsonNode exec(Arguments arguments) {
        String path = arguments.allowing(EXEC).string("path");
        List<String> given = arguments.strings("arg");
        arguments.strings("env");
        String capture = capture(arguments);
        byte[] input = arguments.optional("input-data") == null ? new byte[0] : arguments.bytes("input-data");
        processes.put(lastPid + 1, new StartedProgram(program(path, given), input, capture));
        return JsonNodeFactory.instance.objectNode().put("pid", ++lastPid);
    }

    private Program program(String path, List<String> arguments) {
        Function<List<String>, Program> known = settings.programs.get(path);
        Program program = known == null ? null : known.apply(arguments);
        String failure = program == null ? "No such file or directory" : program.startFailure;
        if (program == null || failure != null) {
            String words = "Failed to execute child process \u201C" + path + "\u201D (" + failure + ")";
            throw generic(settings.isFrom10() ? words : "Guest agent command failed, error was '" + words + "'");
        }
        return program;
    }

    private String capture(Arguments arguments) {
        JsonNode value = arguments.optional(CAPTURE);
        if (value == null || value.isBoolean()) {
            return value == null || !value.booleanValue() ? "none" : "separated";
        }
        boolean knowsModes = settings.isFrom10();
        Arguments.require(knowsModes && value.isString(), CAPTURE, knowsModes ? "GuestExecCaptureOutput" : "boolean");
        if (!CAPTURES.contains(value.stringValue())) {
            throw Arguments.unknownValue(CAPTURE, value.stringValue());
        }
        return value.stringValue();
    }

    JsonNode status(Arguments arguments) {
        long pid = arguments.allowing(Set.of("pid")).integer("pid");
        StartedProgram process = processes.get(pid);
        if (process == null) {
            throw generic(settings.isFrom10() ? "PID ld does not exist" : "Invalid parameter 'pid'");
        }
        if (!process.hasEnded()) {
            return JsonNodeFactory.instance.objectNode().put("exited", false);
        }
        processes.remove(pid);
        return process.result();
    }

    /** Those that run go on, and no agent knows them. */
    void forget() {
        processes.clear();
    }
}
