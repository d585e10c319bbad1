package io.github.qmpreactive.it;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.message.QmpCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.cfg.PackageVersion;
import tools.jackson.databind.json.JsonMapper;

/** An application on WebFlux that starts, runs a command, and ends, with the versions that its Spring Boot manages. */
@SpringBootApplication
public class BootApplication {

    record Status(String status, boolean running, int missing) {}

    public static void main(String[] args) throws Exception {
        try (ConfigurableApplicationContext context = SpringApplication.run(BootApplication.class, "--server.port=0");
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread monitor = new Thread(() -> answer(server));
            monitor.start();
            Status status = QmpClient.create()
                    .tcp("127.0.0.1", server.getLocalPort())
                    .use(session -> session.execute(QmpCommand.of("query-status"), Status.class))
                    .block(Duration.ofSeconds(30));
            if (!new Status("running", true, 0).equals(status)) {
                throw new AssertionError("query-status returned " + status);
            }
            monitor.join();
            System.out.println("As expected, with Spring Boot " + SpringBootVersion.getVersion() + ", Jackson "
                    + PackageVersion.VERSION + ": " + status + ", " + context.isActive());
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            OutputStream out = socket.getOutputStream();
            send(
                    out,
                    "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7, \"minor\": 2, \"micro\": 0}, \"package\": \"\"},"
                            + " \"capabilities\": []}}");
            InputStream in = socket.getInputStream();
            send(out, "{\"return\": {}, \"id\": " + idOf(readLine(in)) + "}");
            send(out, "{\"return\": {\"status\": \"running\", \"running\": true}, \"id\": " + idOf(readLine(in)) + "}");
            while (in.read() >= 0) {
                // Until the client has disconnected.
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void send(OutputStream out, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String idOf(String command) {
        return JsonMapper.shared().readTree(command).path("id").toString();
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }
}
