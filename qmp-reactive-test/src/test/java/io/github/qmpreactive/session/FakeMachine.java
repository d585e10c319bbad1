package io.github.qmpreactive.session;

import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;

/** The fake as the machine of the contract: one that waits for {@code cont}. */
final class FakeMachine {

    private FakeMachine() {}

    static FakeQmpServer create() {
        return FakeQmpServer.create()
                .whenAny()
                .commandNotFound()
                .when("query-status")
                .reply("{\"status\": \"prelaunch\", \"singlestep\": false, \"running\": false}")
                .when("query-name")
                .reply("{}")
                .when("query-name")
                .withArguments("{\"extra\": 1}")
                .error("GenericError", "Parameter 'extra' is unexpected")
                .when("query-yank")
                .reply("[]")
                .when("cont")
                .answer(Answer.reply("{}").eventBefore("RESUME"))
                .when("stop")
                .answer(Answer.reply("{}").eventBefore("STOP"))
                .when("qom-list")
                .error("DeviceNotFound", "Device '" + MachineContract.STRANGE_PATH + "' not found")
                .when("quit")
                .answer(Answer.reply("{}")
                        .eventBefore("SHUTDOWN", "{\"guest\": false, \"reason\": \"host-qmp-quit\"}")
                        .thenClose());
    }
}
