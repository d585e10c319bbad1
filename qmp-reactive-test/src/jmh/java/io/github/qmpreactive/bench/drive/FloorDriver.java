package io.github.qmpreactive.bench.drive;

import io.github.qmpreactive.bench.floor.BlockingClient;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The floor in Java on the workloads. */
final class FloorDriver implements Drive.Driver {

    private final BlockingClient client;

    FloorDriver(Path socket) throws IOException {
        client = new BlockingClient(socket);
    }

    @Override
    public void run(Workload workload) throws IOException {
        switch (workload.kind()) {
            case SEQ -> roundTrips(workload.count(), workload.command(), null);
            case PIPE -> pipe(workload.count(), workload.argument(), workload.command());
            case FLOOD -> flood(workload.count());
            case BIG -> roundTrips(workload.count(), "big", number("kb", workload.argument()));
        }
    }

    private void roundTrips(int count, String command, @Nullable ObjectNode arguments) throws IOException {
        for (int i = 0; i < count; i++) {
            client.write(command, arguments);
            client.flush();
            require(client.read().has("return"));
        }
    }

    private void pipe(int count, int depth, String command) throws IOException {
        int sent = 0;
        int received = 0;
        while (received < count) {
            for (; sent < count && sent - received < depth; sent++) {
                client.write(command, null);
            }
            client.flush();
            do {
                require(client.read().has("return"));
                received++;
            } while (received < sent && client.hasMore());
        }
    }

    private void flood(int count) throws IOException {
        client.write("flood", number("n", count));
        client.flush();
        require(client.read().has("return"));
        int events = 0;
        while (!client.read().path("event").asString().equals("DONE")) {
            events++;
        }
        require(events == count);
    }

    private static ObjectNode number(String name, int value) {
        return JsonNodeFactory.instance.objectNode().put(name, value);
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new IllegalStateException("not what was expected of the server");
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
