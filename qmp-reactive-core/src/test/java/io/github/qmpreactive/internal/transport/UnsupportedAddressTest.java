package io.github.qmpreactive.internal.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Addresses of kinds that are not supported")
class UnsupportedAddressTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "unix:/x,abstract=on | abstract",
                "unix:/x,server=on,abstract | abstract",
                "/x,abstract=yes | abstract",
                "unix:/x,tight=on | tight",
                "tcp:localhost:4444,tls-creds=tls0,server=on | tls-creds",
                "localhost:4444,tls-authz=a | tls-authz",
                "tcp:localhost:4444,websocket=on | websocket",
                "tcp:localhost:4444,telnet=on | telnet",
                "tcp:localhost:4444,tn3270 | tn3270",
                "unix:/x,fd=3 | fd",
                "unix:/x,vsock=on | vsock",
                "tcp:localhost:4444,to=4450 | to",
                "unix:/x,path=/y | path",
                "unix:/x,addr.path=/y | addr.path",
                "tcp:localhost:4444,host=other | host",
                "tcp:localhost:4444,port=1 | port"
            })
    @DisplayName("An option that changes what the address means is refused by its name")
    void options(String address, String option) {
        String message = refused(address);
        assertTrue(message.contains("the option " + option + " changes what it means: "), message);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "unix:/x,abstract=off | /x",
                "unix:/x,websocket=off,server=on | /x",
                "unix:/a,,abstract=on | /a,abstract=on",
                "unix:///run/vm.sock | /run/vm.sock",
                "unix:fd:3 | fd:3",
                "./stdio | ./stdio",
                "socket | socket",
                "unix:./@x | ./@x",
                "/run/socket,server=on | /run/socket"
            })
    @DisplayName("What is switched off, or is part of a path, is not refused")
    void harmless(String address, String path) {
        assertEquals(new Endpoint.Unix(Path.of(path)), AddressParser.parse(address));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "fd:3 | it is a descriptor",
                "vsock:3:4444 | vsock is not supported",
                "vsock://3:4444 | vsock is not supported",
                "tcp://localhost:4444 | write tcp:HOST:PORT, without the slashes",
                "unix://run/vm.sock | write unix:PATH, without the slashes",
                "http://localhost:4444 | not spoken over HTTP",
                "HTTPS://localhost:4444 | not spoken over HTTP",
                "ws://localhost:4444 | WebSocket is not supported",
                "ssh://localhost/run/vm.sock | a URL is not supported",
                "telnet:localhost:4444,server=on | telnet is not supported",
                "telnet:localhost:4444 | telnet is not supported",
                "udp:localhost:4444 | not spoken over UDP",
                "file:/run/vm.sock | a file is no socket",
                "pipe:/run/vm | a pipe is no socket",
                "chardev:c0 | a chardev",
                "stdio | stdio is no socket",
                "pty | pty is no socket",
                "socket,id=m,path=/run/vm.sock | that is how -chardev has it",
                "UNIX:/run/vm.sock | unix: is written in lower case",
                "TCP:localhost:4444 | tcp: is written in lower case",
                "@vm | abstract sockets are not supported",
                "unix:@vm | abstract sockets are not supported",
                "abstract:vm | abstract sockets are not supported"
            })
    @DisplayName("Another kind of address is refused with a hint, and taken neither for a path nor for a host")
    void kinds(String address, String hint) {
        String message = refused(address);
        assertTrue(message.contains(hint), message);
    }

    @ParameterizedTest(name = "{0}: {1} native, {2} NIO")
    @CsvSource({"Linux, 107, 106", "Mac OS X, 103, 102", "Darwin, 103, 102", "FreeBSD, 103, 102", "Windows 11, 107, 106"
    })
    @DisplayName("The longest path of a UNIX socket is the operating system's: 108 bytes with the zero, 104 on macOS")
    void limits(String system, int overNative, int overNio) {
        assertEquals(overNative, UnixAddresses.limit(false, system));
        assertEquals(overNio, UnixAddresses.limit(true, system));
    }

    private static String refused(String address) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> AddressParser.parse(address))
                .getMessage());
    }
}
