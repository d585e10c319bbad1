package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressParserTest {

    private static final String FORMS = "; it has to be unix:PATH, a path, tcp:HOST:PORT, HOST:PORT or [IPv6]:PORT";

    private static IllegalArgumentException refused(String address) {
        return assertThrows(IllegalArgumentException.class, () -> AddressParser.parse(address));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "unix:/run/vm.sock | /run/vm.sock",
                "/run/vm.sock | /run/vm.sock",
                "./vm.sock | ./vm.sock",
                "dir/vm.sock | dir/vm.sock",
                "unix:vm.sock | vm.sock",
                "vm.sock | vm.sock",
                "vm.sock,server=on | vm.sock",
                "localhost | localhost",
                "vm,x:1 | vm",
                "unix:unix:x | unix:x",
                "unix:localhost:4444 | localhost:4444",
                "/run/vm:1 | /run/vm:1",
                "unix:/run/vm.sock,server=on,wait=off | /run/vm.sock",
                "/run/vm.sock,server,nowait | /run/vm.sock",
                "/run/vm.sock, | /run/vm.sock",
                "/run/a,,b | /run/a,b",
                "unix:/run/a,,,server=on | /run/a,",
                "unix:,,a | ,a",
                "/run/a,,,,b,c,,d | /run/a,,b",
                "unix:/run/a,, | /run/a,",
                "unix:/run/with space | /run/with space"
            })
    @DisplayName("A path is a UNIX socket; what follows a comma is ignored, two commas are one of the path")
    void unix(String address, String path) {
        Endpoint endpoint = AddressParser.parse(address);
        assertEquals(new Endpoint.Unix(Path.of(path)), endpoint);
        assertEquals("unix:" + Path.of(path), endpoint.toString());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "tcp:127.0.0.1:4444 | 127.0.0.1 | 4444 | tcp:127.0.0.1:4444",
                "tcp:localhost:1 | localhost | 1 | tcp:localhost:1",
                "localhost:65535 | localhost | 65535 | tcp:localhost:65535",
                "vm-1.example.org:4444 | vm-1.example.org | 4444 | tcp:vm-1.example.org:4444",
                "[::1]:4444 | ::1 | 4444 | tcp:[::1]:4444",
                "tcp:[fe80::1%eth0]:4444 | fe80::1%eth0 | 4444 | tcp:[fe80::1%eth0]:4444",
                "tcp:localhost:4444,server=on,wait=off | localhost | 4444 | tcp:localhost:4444",
                "localhost:4444,server | localhost | 4444 | tcp:localhost:4444",
                "[::1]:4444, | ::1 | 4444 | tcp:[::1]:4444",
                "[localhost]:4444 | localhost | 4444 | tcp:localhost:4444",
                "tcp::4444,server=on | localhost | 4444 | tcp:localhost:4444",
                ":4444 | localhost | 4444 | tcp:localhost:4444",
                "[]:4444 | localhost | 4444 | tcp:localhost:4444"
            })
    @DisplayName("A host and a port are TCP, an IPv6 address in brackets; what follows a comma is ignored")
    void tcp(String address, String host, int port, String text) {
        Endpoint endpoint = AddressParser.parse(address);
        assertEquals(new Endpoint.Tcp(host, port), endpoint);
        assertEquals(text, endpoint.toString());
    }

    @ParameterizedTest(name = "''{0}''")
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | the path is empty",
                "tcp: | there is no port",
                "tcp:4444 | there is no port",
                ",server=on | the path is empty",
                "unix: | the path is empty",
                "unix:,server=on | the path is empty",
                "' :4444' | The host is blank",
                "localhost: | the port is not a number",
                "localhost:http | the port is not a number",
                "localhost:+80 | the port is not a number",
                "localhost:4444 x | the port is not a number",
                "localhost:99999999999 | the port is not a number",
                "localhost:-1 | The port is -1, but has to be from 1 to 65535, or 0 to listen on one that is free",
                "localhost:65536 | The port is 65536, but has to be from 1 to 65535, or 0 to listen on one that is free",
                "::1:4444 | an IPv6 address goes in brackets",
                "[::1:4444 | an IPv6 address goes in brackets",
                "::1]:4444 | an IPv6 address goes in brackets",
                "[::1] | an IPv6 address goes in brackets",
                "tcp:tcp:localhost:4444 | an IPv6 address goes in brackets"
            })
    @DisplayName("What is no address is refused; the error names it, says why, and which forms there are")
    void noAddress(String address, String why) {
        assertEquals(
                "'" + address + "' is not an address: " + why + FORMS,
                refused(address).getMessage());
    }

    @Test
    @DisplayName("A port that is not a number keeps the cause")
    void cause() {
        assertInstanceOf(NumberFormatException.class, refused("localhost:x").getCause());
    }

    @Test
    @DisplayName("A path that the system cannot have is refused as an address, with the cause")
    void invalidPath() {
        IllegalArgumentException error = refused("unix:/run/a\u0000b");
        InvalidPathException cause = assertInstanceOf(InvalidPathException.class, error.getCause());
        assertEquals(
                "'unix:/run/a\u0000b' is not an address: the path is invalid: " + cause.getReason() + FORMS,
                error.getMessage());
    }

    @ParameterizedTest(name = "port {0}")
    @ValueSource(ints = {0, 1, 2, 65534, 65535})
    @DisplayName("Ports go from 1 to 65535; 0 is one that is free, to listen on")
    void ports(int port) {
        assertEquals(new Endpoint.Tcp("h", port), AddressParser.tcp("h", port));
    }

    @ParameterizedTest(name = "port {0}")
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 65536, Integer.MAX_VALUE})
    @DisplayName("Any other port is refused")
    void noPorts(int port) {
        assertEquals(
                "The port is " + port + ", but has to be from 1 to 65535, or 0 to listen on one that is free",
                assertThrows(IllegalArgumentException.class, () -> AddressParser.tcp("h", port))
                        .getMessage());
    }

    @ParameterizedTest(name = "''{0}''")
    @ValueSource(strings = {"", " ", "\t"})
    @DisplayName("A blank host is refused")
    void blankHost(String host) {
        assertEquals(
                "The host is blank",
                assertThrows(IllegalArgumentException.class, () -> AddressParser.tcp(host, 1))
                        .getMessage());
    }
}
