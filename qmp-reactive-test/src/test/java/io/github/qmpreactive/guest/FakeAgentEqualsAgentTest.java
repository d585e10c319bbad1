package io.github.qmpreactive.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.profile.QemuProfile;
import io.github.qmpreactive.test.vm.FakeAgent;
import io.github.qmpreactive.test.vm.FakeProgram;
import io.github.qmpreactive.test.vm.RunningFakeAgent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

@Qemu
@ExtendWith(LeakGuard.class)
@DisplayName("FakeAgent and the agent of a Linux guest say the same:")
class FakeAgentEqualsAgentTest {

    private static final String SHELL = "'path': '/bin/sh', 'arg': ['-c', '";

    private static final Map<String, FakeProgram> SCRIPTS = Map.of(
            "echo out; echo err >&2; exit 3",
            FakeProgram.exits(3).printing("out\n").printingError("err\n"),
            "exit 3",
            FakeProgram.exits(3),
            "kill -9 $$",
            FakeProgram.isKilled(9),
            "cat",
            FakeProgram.exits(0).printingInput(),
            "sleep 600",
            FakeProgram.exits(0).takes(Patience.PATIENCE.multipliedBy(10)));

    @TempDir
    static Path folder;

    private static QemuProfile profile;

    @BeforeAll
    static void boot() throws IOException {
        LinuxGuest.save(folder);
        try (LinuxGuest guest = LinuxGuest.restore(folder)) {
            String version = use(guest.agent(), session -> reply(session, "guest-info"))
                    .path("version")
                    .asString("");
            int[] numbers =
                    Stream.of(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
            Optional<QemuProfile> known = QemuProfile.find(new QemuVersion(numbers[0], numbers[1], numbers[2], ""));
            assumeTrue(known.isPresent(), "There is no profile of the agent's version, " + version);
            profile = known.orElseThrow();
        }
    }

    private static <T> T use(QgaClient client, Function<QgaSession, T> work) {
        QgaSession session = Objects.requireNonNull(client.connect().block(Patience.PATIENCE));
        try {
            return work.apply(session);
        } finally {
            session.disconnect().block(Patience.PATIENCE);
        }
    }

    private static JsonNode reply(QgaSession session, String command) {
        return Objects.requireNonNull(session.execute(command).block(Patience.PATIENCE));
    }

    private static RunningFakeAgent fake() {
        return FakeAgent.create()
                .withProfile(profile)
                .withProgram("/bin/sh", arguments -> Objects.requireNonNull(SCRIPTS.get(arguments.get(1))))
                .withProgram("true", FakeProgram.exits(0))
                .withProgram("/etc/passwd", FakeProgram.failsToStart("Permission denied"))
                .withFile("/mnt/ten", "0123456789")
                .withMountPoints("/mnt")
                .start();
    }

    /** Its init starts the agent again. */
    private static void restart(LinuxGuest guest, QgaSession session) {
        String script = "sleep 3; killall -9 qemu-ga; until pidof qemu-ga; do sleep 0.1; done; echo again >/dev/ttyS0";
        QgaGuest.of(session)
                .start(GuestCommand.of("/bin/sh", "-c", script).capture(GuestCapture.NONE))
                .block(Patience.PATIENCE);
        guest.awaitConsole("again");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @DisplayName("replies and errors")
    void dialogues(String name, Consumer<AgentDialogue> steps) throws IOException {
        try (LinuxGuest guest = LinuxGuest.restore(folder);
                RunningFakeAgent fake = fake()) {
            List<String> real = use(guest.agent(), session -> {
                QgaGuest.of(session)
                        .exec(GuestCommand.of("/bin/sh", "-c", "printf 0123456789 >/mnt/ten"))
                        .block(Patience.PATIENCE);
                return AgentDialogue.transcript(session, () -> restart(guest, session), steps);
            });
            List<String> faked = use(fake.client(), session -> AgentDialogue.transcript(session, fake::restart, steps));
            assertEquals(String.join("\n", real), String.join("\n", faked));
        }
    }

    private static Arguments dialogue(String name, Consumer<AgentDialogue> steps) {
        return Arguments.of(name, steps);
    }

    static Stream<Arguments> dialogues() {
        return Stream.of(
                dialogue("programs", FakeAgentEqualsAgentTest::programs),
                dialogue("what cannot be started", FakeAgentEqualsAgentTest::notStarted),
                dialogue("files", FakeAgentEqualsAgentTest::files),
                dialogue("what files refuse", FakeAgentEqualsAgentTest::fileErrors),
                dialogue("frozen file systems", FakeAgentEqualsAgentTest::frozen),
                dialogue("a restart", FakeAgentEqualsAgentTest::restarted));
    }

    private static void programs(AgentDialogue d) {
        String both = SHELL + "echo out; echo err >&2; exit 3']";
        Stream.of("", ", 'capture-output': true", ", 'capture-output': false", ", 'capture-output': 'separated'")
                .forEach(capture -> d.run(both + capture));
        d.run(both + ", 'capture-output': 'merged'")
                .run(both + ", 'capture-output': 'none'")
                .send("guest-exec-status {'pid': $pid}")
                .run(SHELL + "exit 3'], 'capture-output': true")
                .run(SHELL + "kill -9 $$'], 'capture-output': true")
                .run(SHELL + "cat'], 'input-data': 'ZnJvbSBzdGRpbgo=', 'capture-output': true")
                .run("'path': 'true', 'env': ['LANG=C']")
                .start(SHELL + "sleep 600']")
                .send("guest-exec-status {'pid': $pid}", "guest-exec-status {'pid': $pid}");
        if (profile.version().isAtLeast(10, 0)) {
            d.start("'path': 'true', 'capture-output': 'stderr'");
            // For ever.
            IntStream.range(0, 20).forEach(i -> d.send("guest-exec-status {'pid': $pid}"));
        }
    }

    private static void notStarted(AgentDialogue d) {
        d.send(
                "guest-exec {'path': '/nonexistent'}",
                "guest-exec {'path': '/etc/passwd', 'capture-output': true}",
                "guest-exec {'path': 'true', 'capture-output': 'bogus'}",
                "guest-exec {'path': 'true', 'capture-output': 5}",
                "guest-exec {'path': 'true', 'input-data': '%%%%'}",
                "guest-exec {'path': 5}",
                "guest-exec {'path': 'true', 'arg': 'x'}",
                "guest-exec {'path': 'true', 'arg': ['x', 5]}",
                "guest-exec {'path': 'true', 'env': {}}",
                "guest-exec {'path': 'true', 'args': []}",
                "guest-exec",
                "guest-exec-status",
                "guest-exec-status {'pid': 'x'}",
                "guest-exec-status {'pid': 1.5}",
                "guest-exec-status {'pid': 999999}");
    }

    private static void files(AgentDialogue d) {
        d.send(
                "guest-file-open {'path': '/mnt/ten'}",
                "guest-file-read {'handle': 1000, 'count': 4}",
                "guest-file-read {'handle': 1000, 'count': 6}",
                "guest-file-read {'handle': 1000, 'count': 6}",
                "guest-file-read {'handle': 1000, 'count': 0}",
                "guest-file-seek {'handle': 1000, 'offset': 1, 'whence': 'set'}",
                "guest-file-seek {'handle': 1000, 'offset': 2, 'whence': 1}",
                "guest-file-seek {'handle': 1000, 'offset': -1, 'whence': 'end'}",
                "guest-file-read {'handle': 1000}",
                "guest-file-close {'handle': 1000}",
                "guest-file-open {'path': '/mnt/new', 'mode': 'w+'}",
                "guest-file-write {'handle': 1001, 'buf-b64': 'aGVsbG8gd29ybGQ='}",
                "guest-file-seek {'handle': 1001, 'offset': 6, 'whence': 'set'}",
                "guest-file-write {'handle': 1001, 'buf-b64': 'V09STEQ=', 'count': 2}",
                "guest-file-flush {'handle': 1001}",
                "guest-file-seek {'handle': 1001, 'offset': 14, 'whence': 0}",
                "guest-file-write {'handle': 1001, 'buf-b64': 'IQ=='}",
                "guest-file-seek {'handle': 1001, 'offset': 0, 'whence': 'set'}",
                "guest-file-read {'handle': 1001}",
                "guest-file-close {'handle': 1001}",
                "guest-file-open {'path': '/mnt/new', 'mode': 'a'}",
                "guest-file-write {'handle': 1002, 'buf-b64': 'ZW5k'}",
                "guest-file-close {'handle': 1002}",
                "guest-file-open {'path': '/mnt/new', 'mode': 'rb'}",
                "guest-file-read {'handle': 1003}",
                "guest-file-close {'handle': 1003}",
                "guest-file-open {'path': '/mnt/new', 'mode': 'w'}",
                "guest-file-close {'handle': 1004}",
                "guest-file-open {'path': '/mnt/new', 'mode': 'r+'}",
                "guest-file-read {'handle': 1005, 'count': 100}");
    }

    private static void fileErrors(AgentDialogue d) {
        d.send(
                "guest-file-open {'path': '/nope'}",
                "guest-file-open {'path': '/mnt/nope', 'mode': 'r+'}",
                "guest-file-open {'path': '/mnt/ten', 'mode': 'q'}",
                "guest-file-open {'path': '/mnt/ten', 'mode': 7}",
                "guest-file-open",
                "guest-file-open {'path': '/mnt/ten', 'mode': 'r'}",
                "guest-file-read {'handle': 1000, 'count': 50331649}",
                "guest-file-read {'handle': 1000, 'count': -1}",
                "guest-file-read {'handle': 1000, 'size': 1}",
                "guest-file-read {'handle': 7}",
                "guest-file-read",
                "guest-file-write {'handle': 1000, 'buf-b64': 'aGVsbG8='}",
                "guest-file-flush {'handle': 1000}",
                "guest-file-seek {'handle': 1000, 'offset': -1, 'whence': 'set'}",
                "guest-file-seek {'handle': 1000, 'offset': 0, 'whence': 'nowhere'}",
                "guest-file-seek {'handle': 1000, 'offset': 0, 'whence': 7}",
                "guest-file-seek {'handle': 1000, 'offset': 0}",
                "guest-file-close {'handle': 1000}",
                "guest-file-close {'handle': 1000}",
                "guest-file-open {'path': '/mnt/out', 'mode': 'w'}",
                "guest-file-write {'handle': 1001, 'buf-b64': 'aGVsbG8=', 'count': 9}",
                "guest-file-write {'handle': 1001, 'buf-b64': 'aGVsbG8=', 'count': -1}",
                "guest-file-write {'handle': 1001, 'buf-b64': '%%%%'}",
                "guest-file-write {'handle': 1001}",
                "guest-file-read {'handle': 1001}",
                "guest-file-close {'handle': 'x'}");
    }

    private static void frozen(AgentDialogue d) {
        d.start(SHELL + "sleep 600']")
                .send(
                        "guest-fsfreeze-status",
                        "guest-fsfreeze-thaw",
                        "guest-fsfreeze-freeze",
                        "guest-fsfreeze-status",
                        "guest-fsfreeze-freeze",
                        "guest-fsfreeze-freeze-list {'mountpoints': ['/mnt']}",
                        "guest-exec {'path': 'true'}",
                        "guest-exec",
                        "guest-exec-status {'pid': $pid}",
                        "guest-file-open {'path': '/mnt/ten'}",
                        "guest-get-osinfo",
                        "guest-get-time",
                        "guest-ping",
                        "guest-fsfreeze-thaw",
                        "guest-fsfreeze-thaw",
                        "guest-exec-status {'pid': $pid}",
                        "guest-fsfreeze-freeze-list {'mountpoints': ['/nowhere']}",
                        "guest-fsfreeze-status",
                        "guest-fsfreeze-freeze-list {'mountpoints': ['/nowhere', '/mnt']}",
                        "guest-fsfreeze-status",
                        "guest-fsfreeze-thaw",
                        "guest-fsfreeze-freeze-list",
                        "guest-fsfreeze-thaw",
                        "guest-fsfreeze-freeze-list {'mountpoints': 5}",
                        "guest-fsfreeze-status {'x': 1}");
    }

    private static void restarted(AgentDialogue d) {
        d.start(SHELL + "sleep 600']")
                .send("guest-exec-status {'pid': $pid}", "guest-file-open {'path': '/mnt/ten'}")
                .restart()
                .send(
                        "guest-exec-status {'pid': $pid}",
                        "guest-file-read {'handle': 1000}",
                        "guest-file-open {'path': '/mnt/ten'}",
                        "guest-file-read {'handle': 1001}");
    }

    @Test
    @DisplayName("guest-info has each command of the fake, enabled or not")
    void about() throws IOException {
        try (LinuxGuest guest = LinuxGuest.restore(folder);
                RunningFakeAgent fake = fake()) {
            List<List<String>> real = use(guest.agent(), FakeAgentEqualsAgentTest::about);
            List<List<String>> faked = use(fake.client(), FakeAgentEqualsAgentTest::about);
            for (int i = 0; i < real.size(); i++) {
                assertEquals(17, faked.get(i).size());
                List<String> unknown = new ArrayList<>(faked.get(i));
                unknown.removeAll(real.get(i));
                assertEquals(List.of(), unknown);
            }
        }
    }

    private static List<List<String>> about(QgaSession session) {
        JsonNode thawed = reply(session, "guest-info");
        reply(session, "guest-fsfreeze-freeze");
        JsonNode frozen = reply(session, "guest-info");
        reply(session, "guest-fsfreeze-thaw");
        return List.of(commands(thawed), commands(frozen));
    }

    private static List<String> commands(JsonNode info) {
        return info.path("supported_commands")
                .valueStream()
                .map(JsonNode::toString)
                .toList();
    }
}
