package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpListener;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.option.HandshakeMode;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.File;
import javax.net.ssl.SSLException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;
import tools.jackson.databind.JsonNode;

/** What the README shows of listening, TLS and connections that are open already. */
final class ListenSnippets {

    private ListenSnippets() {}

    static Flux<JsonNode> listen(java.util.function.Consumer<String> startQemu) {
        // snippet: listen
        QmpClient client = QmpClient.create().tcp("127.0.0.1", 0).name("fleet");
        return Flux.usingWhen(
                client.listen(),
                listener -> {
                    // For example tcp:127.0.0.1:40123, for -qmp tcp:127.0.0.1:40123,server=off,reconnect-ms=1000
                    startQemu.accept(listener.address());
                    listener.failures().subscribe(failure -> System.err.println(failure.getMessage()));
                    return listener.sessions().flatMap(session -> session.execute("query-status"));
                },
                QmpListener::close);
        // end
    }

    static Mono<QmpSession> tls() throws SSLException {
        // snippet: tls
        SslContext context = SslContextBuilder.forClient()
                .trustManager(new File("ca-cert.pem"))
                .keyManager(new File("client-cert.pem"), new File("client-key.pem"))
                .build();
        return QmpClient.create()
                .tcp("vm-host.example.org", 4444)
                .secure(context)
                .connect();
        // end
    }

    static Mono<QmpSession> adopt() {
        // snippet: adopt
        Mono<? extends Connection> tunnel =
                TcpClient.create().host("127.0.0.1").port(4444).connect();
        return tunnel.flatMap(connection -> QmpClient.create()
                .name("vm")
                .handshake(HandshakeMode.NONE) // if it was negotiated on; FULL, the default, if not
                .connect(connection));
        // end
    }
}
