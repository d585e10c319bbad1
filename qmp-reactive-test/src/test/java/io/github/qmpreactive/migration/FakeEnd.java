package io.github.qmpreactive.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.CommandQueueFullError;
import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.Answer;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import reactor.test.StepVerifier;

/** A fake QEMU at one end of a migration, which the test moves from status to status, and a session with it. */
final class FakeEnd implements AutoCloseable {

    /** No figures but those at the beginning and at the end: what comes in between would be by the clock. */
    static final MigrationOptions QUIET = MigrationOptions.defaults().interval(ChronoUnit.FOREVER.getDuration());

    static final String URI = "unix:/m";

    static {
        StepVerifier.setDefaultTimeout(Patience.PATIENCE);
    }

    final RunningFakeQmpServer qemu;
    final QmpSession session;
    private volatile String info = "{}";
    private volatile String runState;

    private FakeEnd(String runState, QmpClient client, FakeQmpServer fake) {
        this.runState = runState;
        FakeQmpServer server = fake;
        for (String command : List.of(
                "migrate-set-capabilities",
                "migrate-set-parameters",
                "migrate-incoming",
                "migrate-continue",
                "migrate-start-postcopy",
                "migrate_cancel",
                "stop")) {
            server = server.when(command).reply("{}");
        }
        qemu = server.when("migrate")
                .answer(start -> {
                    info = text("setup");
                    return Answer.reply("{}").eventBefore("MIGRATION", text("setup"));
                })
                .when("query-migrate")
                .answer(query -> Answer.reply(info))
                .when("query-status")
                .answer(query -> Answer.reply(text(this.runState)))
                .when("query-migrate-capabilities")
                .reply("[]")
                .when("slow")
                .silent()
                .startUnix();
        session = connect(client);
    }

    static FakeEnd source() {
        return source(QmpClient.create());
    }

    static FakeEnd source(QmpClient client) {
        return new FakeEnd("running", client.name("vm"), FakeQmpServer.create());
    }

    static FakeEnd source(QemuVersion version) {
        return new FakeEnd(
                "running", QmpClient.create().name("vm"), FakeQmpServer.create().withProfile(QemuProfile.of(version)));
    }

    static FakeEnd destination() {
        return new FakeEnd("inmigrate", QmpClient.create().name("destination"), FakeQmpServer.create());
    }

    QmpSession connect(QmpClient client) {
        return Objects.requireNonNull(client.address(qemu.address()).connect().block(Patience.PATIENCE));
    }

    static String text(String status) {
        return "{\"status\": \"" + status + "\"}";
    }

    /** Query-migrate tells so from now on, and an event does now. */
    void status(String status) {
        status(status, text(status));
    }

    void status(String status, String all) {
        info = all;
        qemu.emit("MIGRATION", text(status));
    }

    /** Without an event. */
    void info(String all) {
        info = all;
    }

    void runState(String state) {
        runState = state;
    }

    void failed(String reason) {
        status("failed", "{\"status\": \"failed\", \"error-desc\": \"" + reason + "\"}");
    }

    void completed() {
        runState = "postmigrate";
        status("completed");
    }

    QmpMigration migration() {
        return QmpMigration.of(session);
    }

    int count(String command) {
        return qemu.received(command).size();
    }

    /** The client has all that was sent before, and the fake has all that the client sent for that. */
    void roundTrip() {
        for (int i = 0; i < 3; i++) {
            session.execute("stop").block(Patience.PATIENCE);
        }
    }

    /** The queue of commands is no longer full. */
    void awaitRoom() {
        Patience.until(
                () -> Boolean.TRUE.equals(session.execute("stop")
                        .thenReturn(true)
                        .onErrorReturn(CommandQueueFullError.class, false)
                        .block(Patience.PATIENCE)),
                () -> "the queue is still full");
    }

    void assertSent(int times, String command) {
        roundTrip();
        assertEquals(times, count(command), command);
    }

    void await(String command, int times) {
        Patience.until(() -> count(command) >= times, () -> command + " has not come " + times + " times");
        // It is answered.
        qemu.awaitCommand(command, times - 1);
    }

    @Override
    public void close() {
        session.disconnect().block(Patience.PATIENCE);
        qemu.close();
    }
}
