package io.github.qmpreactive.bench.floor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The floor: blocks, reads lines, believes everything, and looks at no id. It knows nothing of events among replies,
 * errors, limits, time or threads.
 */
public final class BlockingClient implements AutoCloseable {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final SocketChannel socket;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private byte[] in = new byte[64 * 1024];
    private int position;
    private int end;
    private long ids;

    /**
     * Connects and negotiates.
     *
     * @param path of the server's UNIX socket
     * @throws IOException if that fails
     */
    public BlockingClient(Path path) throws IOException {
        socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
        read();
        write("qmp_capabilities", null);
        flush();
        read();
    }

    /**
     * Encodes a command; {@link #flush} sends it.
     *
     * @param command its name
     * @param arguments its arguments, or null
     */
    public void write(String command, @Nullable ObjectNode arguments) {
        ObjectNode message = MAPPER.createObjectNode().put("execute", command).put("id", Long.toString(ids++, 36));
        if (arguments != null) {
            message.set("arguments", arguments);
        }
        out.writeBytes(MAPPER.writeValueAsBytes(message));
        out.write('\n');
    }

    /**
     * Sends what was encoded.
     *
     * @throws IOException if the server does not take it
     */
    public void flush() throws IOException {
        socket.write(ByteBuffer.wrap(out.toByteArray()));
        out.reset();
    }

    /**
     * Reads a message.
     *
     * @return the next message
     * @throws IOException if there is none
     */
    public JsonNode read() throws IOException {
        int i = position;
        while (true) {
            for (; i < end; i++) {
                if (in[i] == '\n') {
                    JsonNode message = MAPPER.readTree(in, position, i - position);
                    position = i + 1;
                    return message;
                }
            }
            i -= position;
            fill();
        }
    }

    /**
     * Whether the next message may be had without waiting.
     *
     * @return whether some of it has come
     */
    public boolean hasMore() {
        return position < end;
    }

    private void fill() throws IOException {
        System.arraycopy(in, position, in, 0, end - position);
        end -= position;
        position = 0;
        if (end == in.length) {
            in = Arrays.copyOf(in, 2 * in.length);
        }
        int read = socket.read(ByteBuffer.wrap(in, end, in.length - end));
        if (read < 0) {
            throw new IOException("closed");
        }
        end += read;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
