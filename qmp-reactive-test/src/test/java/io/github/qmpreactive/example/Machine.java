package io.github.qmpreactive.example;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.QemuBinary;
import io.github.qmpreactive.test.QemuLauncher;
import io.github.qmpreactive.test.QemuProcess;
import io.github.qmpreactive.test.RunningFakeQmpServer;

/**
 * A machine for the occasion: a real QEMU where there is one, else the fake server.
 *
 * @param description says which it is
 * @param address where its monitor is
 * @param end ends it
 */
record Machine(String description, String address, Runnable end) implements AutoCloseable {

    static Machine start() {
        return QemuBinary.SYSTEM.isAvailable() ? qemu() : fake();
    }

    private static Machine qemu() {
        QemuProcess qemu = QemuLauncher.system().running().start();
        return new Machine(
                "a real QEMU, started for the occasion: " + String.join(" ", qemu.command()),
                qemu.address(),
                qemu::close);
    }

    private static Machine fake() {
        RunningFakeQmpServer server = FakeQmpServer.create()
                .when("query-status")
                .reply("{\"status\": \"running\", \"singlestep\": false, \"running\": true}")
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP"))
                .when("cont")
                .answer(Answer.reply("{}").eventBefore("RESUME"))
                .startTcp();
        return new Machine(
                "the built-in fake server, since there is no qemu-system-x86_64 on the PATH; "
                        + QemuBinary.SYSTEM.installHint(),
                server.address(),
                server::close);
    }

    @Override
    public void close() {
        end.run();
    }
}
