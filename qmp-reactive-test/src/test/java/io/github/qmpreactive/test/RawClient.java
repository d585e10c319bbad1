package io.github.qmpreactive.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client that knows nothing of QMP: it writes bytes, and a thread of its own collects what it reads. */
public final class RawClient implements AutoCloseable {

    private static final String EOF = "<EOF>";

    private final SocketChannel channel;
    private final BlockingQueue<String> reads = new LinkedBlockingQueue<>();
    private String text = "";

    private RawClient(SocketChannel channel) {
        this.channel = channel;
        Thread reader = new Thread(this::read, "raw client");
        reader.setDaemon(true);
        reader.start();
    }

    public static RawClient connect(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        SocketAddress target = address.startsWith("unix:")
                ? UnixDomainSocketAddress.of(address.substring("unix:".length()))
                : new InetSocketAddress(
                        address.substring("tcp:".length(), colon), Integer.parseInt(address.substring(colon + 1)));
        return new RawClient(SocketChannel.open(target));
    }

    /** A client that has been greeted and has negotiated. */
    public static RawClient negotiated(String address) throws IOException {
        RawClient client = connect(address);
        client.until(text -> text.endsWith("\r\n"));
        client.send("{\"execute\": \"qmp_capabilities\"}");
        client.until(text -> text.endsWith("\r\n"));
        return client;
    }

    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    public RawClient send(byte... bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        return this;
    }

    /** What came since the last call, when it fulfils a condition. */
    public String until(Predicate<String> enough) {
        while (!enough.test(text)) {
            String more = poll(Patience.PATIENCE);
            if (more == null || text.contains(EOF)) {
                throw new AssertionError("Only this came: " + text);
            }
            text += more;
        }
        String result = text;
        text = "";
        return result;
    }

    /** The next line, without its end. */
    public String line() {
        return lines(1).get(0);
    }

    /** The next lines, without their ends; what comes behind them stays. */
    public List<String> lines(int count) {
        List<String> lines = new ArrayList<>();
        String all = until(t -> t.split("\r\n", -1).length > count);
        for (int i = 0; i < count; i++) {
            int end = all.indexOf("\r\n");
            lines.add(all.substring(0, end));
            all = all.substring(end + 2);
        }
        text = all;
        return lines;
    }

    /** Very many lines, without their ends. */
    public List<String> drain(int count) {
        StringBuilder all = new StringBuilder(text);
        int ends = 0;
        int seen = 0;
        while (ends < count) {
            for (; seen < all.length(); seen++) {
                ends += all.charAt(seen) == '\n' ? 1 : 0;
            }
            if (ends < count) {
                String more = poll(Patience.PATIENCE);
                if (more == null) {
                    throw new AssertionError("Only " + ends + " lines came");
                }
                all.append(more);
            }
        }
        return all.toString().lines().toList();
    }

    /** All up to the end of file, or to the error that took its place. */
    public String untilEnd() {
        return until(t -> t.contains(EOF));
    }

    /** Whether nothing comes for a while. */
    public boolean hearsNothing(Duration time) {
        if (!text.isEmpty()) {
            return false;
        }
        String more = poll(time);
        text += more == null ? "" : more;
        return more == null;
    }

    private String poll(Duration time) {
        try {
            return reads.poll(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                reads.add(StandardCharsets.ISO_8859_1.decode(buffer).toString());
                buffer.clear();
            }
            reads.add(EOF);
        } catch (AsynchronousCloseException e) {
            reads.add(EOF);
        } catch (IOException e) {
            reads.add(e.getMessage() + EOF);
        }
    }

    public void hangUp() throws IOException {
        channel.close();
    }

    @Override
    public void close() throws IOException {
        hangUp();
    }
}
