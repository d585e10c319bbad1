package io.github.qmpreactive.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.qmpreactive.test.junit.Qemu;
import io.github.qmpreactive.test.qemu.QemuLauncher;
import io.github.qmpreactive.test.qemu.QemuProcess;
import io.netty.handler.ssl.JdkSslContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why the session ends a burst with a record of its own; once no QEMU needs that any more, it can go. */
@Qemu
@DisplayName("A command that is one TLS record, at real QEMU")
class QemuTlsRecordTest {

    private static final int SHORT_MS = 300;
    private static final int PATIENCE_MS = 20_000;

    @TempDir
    Path folder;

    @Test
    @Qemu(version = "<8.0") // seen with 5.2 and 7.2
    @DisplayName("is not answered by QEMU 7.2 and earlier before another record has come")
    void hangs() throws Exception {
        converse((socket, lines) -> {
            socket.setSoTimeout(SHORT_MS);
            assertThrows(SocketTimeoutException.class, lines::readLine);
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write('\n');
        });
    }

    @Test
    @Qemu(version = "10.0+") // seen with 10.0 and 11.1; not known of those before
    @DisplayName("is answered by QEMU 10.0 and later")
    void answered() throws Exception {
        converse((socket, lines) -> {});
    }

    private interface Meanwhile {
        void with(Socket socket, BufferedReader lines) throws IOException;
    }

    private void converse(Meanwhile meanwhile) throws Exception {
        Certificates certificates = Certificates.of("authority");
        int port = FakeSessionTest.freePort();
        try (QemuProcess qemu = start(certificates.write(folder, "localhost"), port);
                Socket socket = connect(certificates, port);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            assertTrue(lines.readLine().startsWith("{\"QMP\""));
            socket.getOutputStream().write("{\"execute\":\"qmp_capabilities\"}\n".getBytes(StandardCharsets.US_ASCII));
            meanwhile.with(socket, lines);
            assertEquals("{\"return\": {}}", lines.readLine());
            assertTrue(qemu.isAlive());
        }
    }

    private static QemuProcess start(Path credentials, int port) {
        return QemuLauncher.system()
                .withArgs("-object", "tls-creds-x509,id=t,dir=" + credentials + ",endpoint=server,verify-peer=yes")
                .withArgs("-qmp", "tcp:127.0.0.1:" + port + ",server=on,wait=off,tls-creds=t")
                .start();
    }

    private static Socket connect(Certificates certificates, int port) throws Exception {
        SSLContext context = ((JdkSslContext) certificates.clientContext()).context();
        Socket socket = context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }
}
