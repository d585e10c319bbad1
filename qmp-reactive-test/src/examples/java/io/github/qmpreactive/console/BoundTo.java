package io.github.qmpreactive.console;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.springframework.core.env.PropertyResolver;

/**
 * Where the console is bound: {@code server.address}. Without it, or if it is empty, only this computer reaches the console: for
 * Spring Boot that would be all addresses.
 *
 * @param address the address
 * @param host what stands for it in the address of the page
 * @param name as it was given
 */
record BoundTo(InetAddress address, String host, String name) {

    private static final String THIS_COMPUTER = "127.0.0.1";

    /** Throws {@link IllegalArgumentException} if there is no such address. */
    static BoundTo of(PropertyResolver properties) {
        String text = properties.getProperty("server.address", "").strip();
        String given = text.isEmpty() ? THIS_COMPUTER : text;
        try {
            InetAddress address = InetAddress.getAllByName(given)[0];
            return new BoundTo(
                    address,
                    address instanceof Inet6Address ? "[" + NetUtil.toAddressString(address) + "]" : given,
                    given);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("server.address is no address: " + given, e);
        }
    }

    boolean isThisComputer() {
        return address.isLoopbackAddress();
    }

    /** Where a browser on this computer finds the page. */
    String url(String port) {
        boolean isLocal = address.isAnyLocalAddress() || host.equals(THIS_COMPUTER);
        return "http://" + (isLocal ? "localhost" : host) + ":" + port;
    }
}
