package io.github.qmpreactive.webflux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A browser that opens the stream of events, and reads of it only when it is told to. */
public final class RawBrowser implements AutoCloseable {

    private static final String REQUEST = "GET %s HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Accept: text/event-stream\r\n"
            + "Connection: close\r\n\r\n";
    private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)");

    private final Socket socket = new Socket();
    private final BufferedReader reader;

    RawBrowser(int port) {
        this(port, "/vm/events", 4096);
    }

    /** Opens a stream of an application on this computer, with a buffer of so many bytes in its socket. */
    public RawBrowser(int port, String path, int buffer) {
        try {
            socket.setReceiveBufferSize(buffer);
            socket.setSoTimeout((int) RunningApp.PATIENCE.toMillis());
            socket.connect(new InetSocketAddress("localhost", port));
            socket.getOutputStream().write(REQUEST.formatted(path).getBytes(StandardCharsets.US_ASCII));
            reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines that come, to the end of the stream; blocks while there is none. */
    public Stream<String> lines() {
        return reader.lines();
    }

    /** The member {@code n} of the data of so many events. */
    List<Integer> numbers(int count) {
        return lines().flatMap(line -> numberIn(line).stream()).limit(count).toList();
    }

    /** The member {@code n} of the data of an event. */
    static List<Integer> numberIn(String line) {
        Matcher matcher = NUMBER.matcher(line);
        return matcher.find() ? List.of(Integer.valueOf(matcher.group(1))) : List.of();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
