package io.github.qmpreactive.session;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import java.util.Objects;
import reactor.netty.Connection;
import reactor.netty.tcp.TcpClient;

/** Opens connections as an application with a tunnel of its own does. */
final class Tunnels {

    private Tunnels() {}

    static Connection open(String address) {
        Endpoint.Tcp tcp = (Endpoint.Tcp) AddressParser.parse(address);
        return Objects.requireNonNull(TcpClient.newConnection()
                .host(tcp.host())
                .port(tcp.port())
                .connect()
                .block(Clients.PATIENCE));
    }
}
