package io.github.qmpreactive.session;

import static io.github.qmpreactive.session.Clients.await;
import static io.github.qmpreactive.session.Clients.finish;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.error.ExecuteError;
import io.github.qmpreactive.error.ServerParseError;
import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.test.junit.LeakGuard;
import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuProcess;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

@Qemu(monitor = Qemu.Monitor.TCP)
@ExtendWith(LeakGuard.class)
@DisplayName("Connections to real QEMU that were open before")
class QemuAdoptedTest {

    private static void write(Connection connection, String bytes) {
        byte[] raw = bytes.getBytes(StandardCharsets.ISO_8859_1);
        connection.outbound().sendByteArray(Mono.just(raw)).then().block(Clients.PATIENCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"execute\": nonsense}\n", "\u0001", "\u00ff", "}"})
    @DisplayName("P19 C30 C46 malformed bytes earn an error without an id, which ends the session")
    void malformed(String bytes, QemuProcess qemu) {
        Connection connection = Tunnels.open(qemu.address());
        QmpSession session = await(QmpClient.create().connect(connection));
        await(session.execute("query-status"));
        write(connection, bytes);
        StepVerifier.create(session.onDisconnect()).verifyErrorSatisfies(e -> {
            ServerParseError error = assertInstanceOf(ServerParseError.class, e);
            assertTrue(String.valueOf(error.getMessage()).contains("parse"), error::getMessage);
        });
    }

    @Test
    @DisplayName("C11 GREETING_ONLY: the monitor takes nothing until the user has negotiated")
    void greetingOnly(QemuProcess qemu) {
        QmpSession session = await(QmpClient.create()
                .handshake(HandshakeMode.GREETING_ONLY)
                .address(qemu.address())
                .connect());
        StepVerifier.create(session.execute("query-status"))
                .verifyErrorSatisfies(e -> assertEquals(
                        "CommandNotFound",
                        assertInstanceOf(ExecuteError.class, e).errorClass()));
        await(session.execute("qmp_capabilities"));
        await(session.execute("query-status"));
        finish(session.disconnect());
    }

    @Test
    @DisplayName("NONE: a connection that other code has negotiated is taken over")
    void takeOver(QemuProcess qemu) {
        Connection connection = Tunnels.open(qemu.address());
        write(connection, "{\"execute\": \"qmp_capabilities\", \"id\": \"#0\"}\n");
        write(connection, "{\"execute\": \"query-name\", \"id\": \"#1\"}\n");
        // The greeting and both replies are still to be read: all of them are dropped.
        QmpSession session =
                await(QmpClient.create().handshake(HandshakeMode.NONE).connect(connection));
        assertTrue(await(session.execute("query-status")).path("running").isBoolean());
        assertTrue(session.greeting().isEmpty());
        finish(session.disconnect());
    }
}
