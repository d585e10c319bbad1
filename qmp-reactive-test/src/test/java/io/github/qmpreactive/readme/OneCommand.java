package io.github.qmpreactive.readme;

import io.github.qmpreactive.QmpClient;

/** Connects, runs one command, disconnects. */
final class OneCommand {

    private OneCommand() {}

    // snippet: one-command
    public static void main(String[] args) {
        QmpClient client = QmpClient.create().address(args[0]); // unix:/run/vm.sock or tcp:localhost:4444
        client.withSession(session -> session.execute("query-status"))
                .map(status -> status.path("status").asString())
                .doOnNext(System.out::println) // running
                .blockLast(); // connects, runs the command, disconnects
    }
    // end
}
