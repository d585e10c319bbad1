package io.github.qmpreactive.guest;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import reactor.test.StepVerifier;

/** Agents that the tests put words into the mouths of: those of qemu-ga 7.2 and 10.0. */
final class FakeGuests {

    static final String RUNNING = "{\"exited\": false}";

    static final String DONE = "{\"exited\": true, \"exitcode\": 0}";

    static final String STATUS = "guest-exec-status";
    static final String FREEZE = "guest-fsfreeze-freeze";
    static final String THAW = "guest-fsfreeze-thaw";

    /** What agents say of commands that they refuse while the guest is frozen. */
    static final Answer REFUSED_AS_FROZEN =
            Answer.error("CommandNotFound", "Command has been disabled: the command is not allowed");

    static {
        StepVerifier.setDefaultTimeout(Patience.PATIENCE);
    }

    private FakeGuests() {}

    static FakeQmpServer agent() {
        return FakeQmpServer.guestAgent();
    }

    /** One in which each program gets the process id 7. */
    static FakeQmpServer executing(Answer status, Answer... then) {
        return agent().when("guest-exec").reply("{\"pid\": 7}").when(STATUS).answer(status, then);
    }

    static QgaClient client(RunningFakeQmpServer server) {
        return QgaClient.create().address(server.address()).name("vm");
    }

    static QgaSession connect(RunningFakeQmpServer server) {
        return connect(client(server));
    }

    static QgaSession connect(QgaClient client) {
        return Objects.requireNonNull(client.connect().block(Patience.PATIENCE));
    }

    static QgaGuest guest(RunningFakeQmpServer server) {
        return QgaGuest.of(connect(server));
    }

    /** Behind all that was sent until now. */
    static void roundTrip(QgaSession session) {
        session.execute("guest-ping").block(Patience.PATIENCE);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The commands of a guest that the agent was sent, without those of the session itself. */
    static List<String> names(RunningFakeQmpServer server) {
        return server.received().stream()
                .map(command -> command.name())
                .filter(name -> !name.equals("guest-sync-delimited") && !name.equals("guest-ping"))
                .toList();
    }
}
