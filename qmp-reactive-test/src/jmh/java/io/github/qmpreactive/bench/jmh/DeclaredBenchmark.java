package io.github.qmpreactive.bench.jmh;

import io.github.qmpreactive.declare.ArgumentName;
import io.github.qmpreactive.declare.Execute;
import io.github.qmpreactive.declare.QmpCommands;
import io.github.qmpreactive.message.QmpCommand;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Declared commands, many in flight, so that the cost of each counts. Here the floor is {@code execute}. */
@State(Scope.Benchmark)
public class DeclaredBenchmark {

    private static final int BATCH = 16_384;
    private static final int IN_FLIGHT = 256;

    private static final QmpCommand COMMAND = QmpCommand.of("query-status");

    /**
     * What is returned.
     *
     * @param running whether the machine runs
     * @param status its state
     */
    public record Status(boolean running, String status) {}

    /** One command in three ways. */
    public interface Commands {

        /**
         * As JSON.
         *
         * @return what the command returned
         */
        @Execute("query-status")
        Mono<JsonNode> json();

        /**
         * As a record.
         *
         * @return what the command returned
         */
        @Execute("query-status")
        Mono<Status> status();

        /**
         * With arguments, which the server does not read.
         *
         * @param name any
         * @param size any
         * @return what the command returned
         */
        @Execute("query-status")
        Mono<JsonNode> withArguments(@ArgumentName("name") String name, @ArgumentName("size") int size);
    }

    private Commands commands;

    /**
     * Implements the interface.
     *
     * @param peers connected
     */
    @Setup
    public void declare(Peers peers) {
        commands = QmpCommands.of(peers.session, Commands.class);
    }

    private static void run(Mono<?> call) {
        Flux.range(0, IN_FLIGHT)
                .flatMap(i -> call.repeat(BATCH / IN_FLIGHT - 1L).then(), IN_FLIGHT)
                .then()
                .block(Peers.PATIENCE);
    }

    /** Declared, JSON. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void declaredJson() {
        run(Mono.defer(() -> commands.json()));
    }

    /**
     * Executed, JSON.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void declaredJsonFloor(Peers peers) {
        run(Mono.defer(() -> peers.session.execute(COMMAND)));
    }

    /** Declared, a record. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void declaredRecord() {
        run(Mono.defer(() -> commands.status()));
    }

    /**
     * Executed, a record.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void declaredRecordFloor(Peers peers) {
        run(Mono.defer(() -> peers.session.execute(COMMAND, Status.class)));
    }

    /** Declared, with arguments. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void declaredArguments() {
        run(Mono.defer(() -> commands.withArguments("disk0", 5)));
    }

    /**
     * Executed, with arguments.
     *
     * @param peers connected
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void declaredArgumentsFloor(Peers peers) {
        run(Mono.defer(() -> peers.session.execute("query-status", Map.of("name", "disk0", "size", 5))));
    }
}
