package io.github.qmpreactive.test.internal.agent;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An agent, and what it knows of its guest. Changed on the fakes' event loop, read from any thread. */
public final class Agent {

    private static final String SYSTEM = """
            {"name": "Debian GNU/Linux", "kernel-release": "6.1.0-56-cloud-amd64", "version": "12 (bookworm)",
             "pretty-name": "Debian GNU/Linux 12 (bookworm)", "version-id": "12",
             "kernel-version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)", "machine": "x86_64", "id": "debian"}
            """;

    /** Those that {@link FakeQmpServer#guestAgent()} answers. */
    private static final Set<String> OF_SERVER = Set.of("guest-ping", "guest-sync", "guest-sync-delimited");

    private static final Set<String> WHILE_FROZEN = Set.of(
            "guest-fsfreeze-status",
            "guest-fsfreeze-thaw",
            "guest-info",
            "guest-ping",
            "guest-sync",
            "guest-sync-delimited");

    private final AgentSettings settings;
    private final Processes processes;
    private final OpenFiles files;
    private final FileSystems fileSystems;
    private final Map<String, Function<Arguments, JsonNode>> commands = new LinkedHashMap<>();

    /** An agent that has just been started. */
    public Agent(AgentSettings settings) {
        this.settings = settings;
        this.processes = new Processes(settings);
        this.files = new OpenFiles(settings.files);
        this.fileSystems = new FileSystems(settings.mountPoints);
        commands.put("guest-info", this::info);
        commands.put("guest-get-osinfo", arguments -> JsonText.read(SYSTEM));
        commands.put("guest-exec", processes::exec);
        commands.put("guest-exec-status", processes::status);
        commands.put("guest-file-open", files::open);
        commands.put("guest-file-read", files::read);
        commands.put("guest-file-write", files::write);
        commands.put("guest-file-seek", files::seek);
        commands.put("guest-file-flush", files::flush);
        commands.put("guest-file-close", files::close);
        commands.put("guest-fsfreeze-status", fileSystems::status);
        commands.put("guest-fsfreeze-freeze", fileSystems::freeze);
        commands.put("guest-fsfreeze-freeze-list", fileSystems::freezeList);
        commands.put("guest-fsfreeze-thaw", fileSystems::thaw);
    }

    /** A server that answers for it. */
    public FakeQmpServer server() {
        FakeQmpServer server = FakeQmpServer.guestAgent().withProfile(settings.profile);
        for (Map.Entry<String, Function<Arguments, JsonNode>> command : commands.entrySet()) {
            server = server.when(command.getKey())
                    .answer(received -> answer(command.getValue(), new Arguments(received.arguments())));
        }
        // Before all others: the agent refuses what the test has stubbed, too.
        return settings.server
                .apply(server)
                .whenAny()
                .matching(received -> isFrozen() && !WHILE_FROZEN.contains(received.name()))
                .answer(received -> Answer.error("CommandNotFound", disabled(received.name())));
    }

    private static Answer answer(Function<Arguments, JsonNode> command, Arguments arguments) {
        try {
            return Answer.reply(command.apply(arguments));
        } catch (QmpRefusal refusal) {
            return Answer.error(refusal.errorClass(), refusal.description());
        }
    }

    private String disabled(String command) {
        return "Command " + command + " has been disabled: "
                + (settings.isFrom10() ? "the command is not allowed" : "the agent is in frozen state");
    }

    private JsonNode info(Arguments arguments) {
        QemuVersion version = settings.profile.version();
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.put("version", version.major() + "." + version.minor() + "." + version.micro());
        ArrayNode list = info.putArray("supported_commands");
        Set<String> names = new TreeSet<>(commands.keySet());
        names.addAll(OF_SERVER);
        names.forEach(name -> list.addObject()
                .put("enabled", !isFrozen() || WHILE_FROZEN.contains(name))
                .put("name", name)
                .put("success-response", true));
        return info;
    }

    /** Whether file systems are frozen. */
    public boolean isFrozen() {
        return fileSystems.isFrozen();
    }

    /** The guest's files, by path; copied. */
    public Map<String, byte[]> files() {
        return files.contents();
    }

    /** How many files the agent has open. */
    public int openFiles() {
        return files.open();
    }

    /** Its memory is lost, and file systems stay frozen. */
    public void restart() {
        processes.forget();
        files.forget();
    }
}
