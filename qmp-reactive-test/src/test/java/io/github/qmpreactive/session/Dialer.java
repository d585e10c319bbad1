package io.github.qmpreactive.session;

import io.github.qmpreactive.internal.transport.AddressParser;
import io.github.qmpreactive.internal.transport.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dials in as a QEMU does, or as something that is none. Blocks. */
final class Dialer implements AutoCloseable {

    static final String GREETING = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "
            + "\"package\": \"\"}, \"capabilities\": []}}\r\n";
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]*)\"");

    private final SocketChannel channel;
    private String last = "";

    private Dialer(SocketChannel channel) {
        this.channel = channel;
    }

    static Dialer to(String address) {
        try {
            Endpoint endpoint = AddressParser.parse(address);
            SocketAddress target = endpoint instanceof Endpoint.Tcp tcp
                    ? new InetSocketAddress(tcp.host(), tcp.port())
                    : UnixDomainSocketAddress.of(((Endpoint.Unix) endpoint).path());
            return new Dialer(SocketChannel.open(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that greets. */
    static Dialer greeting(String address) {
        return to(address).send(GREETING);
    }

    Dialer send(String text) {
        try {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a command and answers it. */
    Dialer answer() {
        return answerTo(read());
    }

    /** Answers the command that was read last. */
    Dialer answerLast() {
        return answerTo(last);
    }

    /** Answers a command that was read. */
    Dialer answerTo(String command) {
        Matcher id = ID.matcher(command);
        if (!id.find()) {
            throw new AssertionError("there is no id");
        }
        return answer(id.group(1));
    }

    Dialer answer(String id) {
        return send("{\"return\": {}, \"id\": \"" + id + "\"}\r\n");
    }

    /** Greets and negotiates. Returns false if the other side closes the connection instead. */
    boolean negotiate() {
        try {
            send(GREETING);
        } catch (UncheckedIOException e) {
            return false;
        }
        Matcher id = ID.matcher(read());
        if (!id.find()) {
            return false;
        }
        answer(id.group(1));
        return true;
    }

    /** What comes next; empty at the end. */
    String read() {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            if (channel.read(buffer) < 0) {
                return "";
            }
            last = StandardCharsets.UTF_8.decode(buffer.flip()).toString();
            return last;
        } catch (IOException e) {
            // A reset is an end, too.
            return "";
        }
    }

    /** Waits for the other side to close the connection. */
    void awaitClosed() {
        while (!read().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    /** Closes its end, and waits for the other one. */
    void hangUp() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitClosed();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
