package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.message.QmpCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is done to a machine with two monitors, real or fake: commands to the first, and events to both. Each step says
 * which events it causes, and ends when all have come, so that the steps do not run into each other.
 */
final class Dialogue {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** The machine, as far as real and fake differ in how they are handled. */
    record Target(
            List<String> addresses,
            Path folder,
            Consumer<Consumer<FakeGuest>> guest,
            Consumer<List<String>> registers,
            IntConsumer awaitBoots,
            Runnable terminate,
            Runnable kill) {}

    private final Target target;
    private final List<Witness> witnesses;
    private final Boots boots;
    private String command = "";
    private int events;
    private boolean ended;

    Dialogue(Target target, boolean running) {
        this.target = target;
        this.witnesses = target.addresses().stream().map(Witness::new).toList();
        this.boots = new Boots(running);
        awaitGuest();
    }

    /** A command, with or without arguments: {@code "device_del {'id': 'tablet0'}"}. */
    Dialogue send(String command, String... causes) {
        if (command.equals("system_powerdown")) {
            awaitGuest();
        }
        execute(command);
        return await(causes);
    }

    /** A command to a job or that starts one, and the last that it makes the jobs say: {@code "j0 concluded"}. */
    Dialogue job(String command, String... last) {
        execute(command);
        for (String event : last) {
            witnesses.forEach(witness -> witness.awaitJob(event));
        }
        return await();
    }

    /** Commands to a job that are sent at once, and the last that they make it say. */
    Dialogue burst(String last, String... lines) {
        executeAtOnce(lines);
        witnesses.forEach(witness -> witness.awaitJob(last));
        return await();
    }

    /** Commands that are sent at once. */
    Dialogue burst(String[] lines, String... causes) {
        executeAtOnce(lines);
        return await(causes);
    }

    private void executeAtOnce(String[] lines) {
        List<QmpCommand> messages = new ArrayList<>();
        for (String line : lines) {
            messages.add(message(line));
        }
        command = lines[0];
        witnesses.get(0).executeAtOnce(messages);
    }

    private void execute(String line) {
        witnesses.get(0).execute(message(line));
    }

    private QmpCommand message(String line) {
        command = line.replace("@", target.folder().toString());
        int space = command.indexOf(' ');
        QmpCommand message = QmpCommand.of(space < 0 ? command : command.substring(0, space));
        if (space > 0) {
            message = message.arguments(JSON.readValue(command.substring(space).replace('\'', '"'), ObjectNode.class));
        }
        return message;
    }

    /** The guest does something, which it is made to by the power button. */
    Dialogue guest(Consumer<FakeGuest> action, String... causes) {
        send("system_powerdown", "POWERDOWN");
        target.guest().accept(action);
        return await(causes);
    }

    /** The fake's guest does something; with QEMU, commands of the human monitor write what it would into its registers. */
    Dialogue plays(Consumer<FakeGuest> action, String[] registers, String... causes) {
        command = "";
        target.guest().accept(action);
        target.registers().accept(List.of(registers));
        return await(causes);
    }

    Dialogue quits() {
        ended = true;
        return send("quit", "SHUTDOWN");
    }

    /** The steps so far were the last: the machine ends by itself. */
    Dialogue ends() {
        ended = true;
        return this;
    }

    Dialogue isTerminated() {
        ended = true;
        target.terminate().run();
        return await("SHUTDOWN");
    }

    Dialogue isKilled() {
        ended = true;
        target.kill().run();
        return this;
    }

    /** What the first client has heard, then the second. */
    List<String> transcript() {
        List<String> all = new ArrayList<>();
        witnesses.forEach(witness -> {
            all.add("--");
            all.addAll(witness.finish(ended));
        });
        return all;
    }

    private Dialogue await(String... causes) {
        events += causes.length;
        witnesses.forEach(witness -> witness.awaitEvents(events));
        // The last step ends with the session: of what comes until then, each client hears in its own time.
        if (!ended) {
            // Events that no step waits for, those of jobs that are held up, have come before the reply.
            if (witnesses.get(0).knowsOfJobs()) {
                witnesses.stream().skip(1).forEach(Witness::flush);
            }
            witnesses.forEach(witness -> witness.endStep(command));
        }
        for (String cause : causes) {
            boots.onEvent(cause);
        }
        return this;
    }

    private void awaitGuest() {
        if (boots.isGuestRunning()) {
            target.awaitBoots().accept(boots.count());
        }
    }
}
