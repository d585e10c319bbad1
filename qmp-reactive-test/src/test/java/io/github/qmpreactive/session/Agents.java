package io.github.qmpreactive.session;

import io.github.qmpreactive.QgaClient;
import io.github.qmpreactive.QgaSession;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.qemu.QemuProcess;
import reactor.core.Disposable;

/** What the tests of sessions with the guest agent have in common. */
final class Agents {

    /** The right answer to guest-sync-delimited. */
    static final Answer SYNC =
            Answer.reply(command -> command.arguments().path("id")).delimited();

    private Agents() {}

    static QgaClient client(RunningFakeQmpServer server) {
        return QgaClient.create().address(server.address()).name("vm");
    }

    static QgaClient client(QemuProcess agent) {
        return QgaClient.create().address(agent.address()).name("vm");
    }

    static QgaSession connect(QgaClient client) {
        return Clients.await(client.connect());
    }

    static QgaSession connect(RunningFakeQmpServer server) {
        return connect(client(server));
    }

    static FakeQmpServer agent() {
        return FakeQmpServer.guestAgent();
    }

    /** Answers the first synchronisation, that of the connecting, and from then on so. */
    static FakeQmpServer agentThatThenAnswersSync(Answer... then) {
        return agent().when("guest-sync-delimited").answer(SYNC, then);
    }

    static Disposable waits(QgaSession session) {
        return session.execute("slow").subscribe(reply -> {}, error -> {});
    }
}
