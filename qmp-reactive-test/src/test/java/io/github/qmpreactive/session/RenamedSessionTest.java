package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.connect;
import static io.github.qmpreactive.session.Clients.machine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ConnectionLostError;
import io.github.qmpreactive.error.DescriptorPassingError;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.MalformedMessageError;
import io.github.qmpreactive.error.QmpError;
import io.github.qmpreactive.error.ResultTypeError;
import io.github.qmpreactive.error.StateError;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.option.FdSource;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import io.github.qmpreactive.test.junit.LeakGuard;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;

@ExtendWith(LeakGuard.class)
@DisplayName("A session that is renamed")
class RenamedSessionTest {

    private static void assertNamed(Class<? extends QmpError> type, Mono<?> mono) {
        QmpError error = assertThrows(type, () -> mono.block(Clients.PATIENCE));
        assertTrue(error.getMessage().startsWith("[web-1] "), error::getMessage);
    }

    @Test
    @DisplayName("goes by the new name in errors, in the log and on the wire's log; it is the same session")
    void everywhere() {
        try (RunningFakeQmpServer server =
                        machine().when("nonsense").commandNotFound().startTcp();
                CapturedLog log = CapturedLog.ofSessions();
                CapturedLog wire = CapturedLog.ofWire()) {
            QmpSession session = connect(server);
            assertEquals("vm", session.name());
            assertEquals(session, session.rename("web-1"));
            assertEquals("web-1", session.name());
            assertEquals("QmpSession[web-1, RUNNING]", session.toString());
            assertNamed(ExecuteError.class, session.execute("nonsense"));
            assertNamed(
                    ResultTypeError.class,
                    session.execute(QmpCommand.of("query-status"), new TypeReference<List<String>>() {}));
            assertNamed(DescriptorPassingError.class, session.sendFd(FdSource.ofRaw(0)));
            server.awaitConnection().sendText("{\"return\": 1, \"id\": \"stray\"}");
            await(session.execute("query-status"));
            server.awaitConnection().sendText("no JSON");
            assertNamed(MalformedMessageError.class, session.onDisconnect());
            assertNamed(StateError.class, session.execute("query-status"));
            assertEquals(
                    List.of("WARN [web-1] Dropped a reply to no command that was sent, id \"stray\""),
                    log.about("stray"));
            assertTrue(wire.about("query-status").stream().allMatch(line -> line.startsWith("TRACE [web-1] > ")));
        }
    }

    @Test
    @DisplayName("A listener's sessions can be named after what the machine says that it is")
    void listener() {
        QmpListener listener =
                await(QmpClient.create().name("lab").tcp("127.0.0.1", 0).listen());
        var named = listener.sessions()
                .concatMap(session -> session.execute("query-name")
                        .map(returned -> session.rename(returned.path("name").asString())))
                .next()
                .toFuture();
        try (RunningFakeQmpServer server = FakeQmpServer.create()
                .when("query-name")
                .reply("{\"name\": \"web-1\"}")
                .startDialling(listener.address())) {
            QmpSession session = Clients.joined(named);
            assertEquals("web-1", session.name());
            server.awaitConnection().close();
            assertNamed(ConnectionLostError.class, session.onDisconnect());
        }
        Clients.finish(listener.close());
    }
}
