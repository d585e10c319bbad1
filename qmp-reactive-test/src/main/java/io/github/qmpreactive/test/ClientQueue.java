package io.github.qmpreactive.test;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Who is served, and who waits: as at QEMU's monitor one client at a time, unless all are served. */
final class ClientQueue {

    /** One who waits for a turn. */
    interface Client {
        /** It has come; called once, on any thread. */
        void onTurn();
    }

    private final boolean servesAll;
    private final Queue<Client> waiting = new ArrayDeque<>();
    private boolean otherClient;
    private @Nullable Client serving;

    ClientQueue(ServerOptions options) {
        servesAll = options.servesAll;
        otherClient = options.otherClient;
    }

    void enter(Client client) {
        if (isServedAtOnce(client)) {
            client.onTurn();
        }
    }

    void leave(Client client) {
        serve(nextAfter(client));
    }

    /** The client goes that only seems to be there. */
    void releaseOther() {
        serve(nextAfterOther());
    }

    private static void serve(@Nullable Client next) {
        if (next != null) {
            next.onTurn();
        }
    }

    private synchronized boolean isServedAtOnce(Client client) {
        if (servesAll || (!otherClient && serving == null)) {
            serving = client;
            return true;
        }
        waiting.add(client);
        return false;
    }

    private synchronized @Nullable Client nextAfter(Client client) {
        waiting.remove(client);
        if (serving != client) {
            return null;
        }
        serving = waiting.poll();
        return serving;
    }

    private synchronized @Nullable Client nextAfterOther() {
        if (!otherClient) {
            return null;
        }
        otherClient = false;
        serving = waiting.poll();
        return serving;
    }
}
