package io.github.qmpreactive.example;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.message.QmpCommand;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was asked for.
 *
 * @param client knows the address; empty to show a session with a machine of its own
 * @param command what to run, after query-status if empty
 * @param listen how long to go on printing events
 * @param help whether only the usage is wanted
 */
record CommandLine(Optional<QmpClient> client, Optional<QmpCommand> command, Duration listen, boolean help) {

    static final String USAGE = """
            Opens a session with a QEMU monitor, runs a command, prints replies and events.

              [--events SECONDS] [ADDRESS [COMMAND [ARGUMENTS]]]

              ADDRESS    unix:/run/vm.sock, /run/vm.sock, tcp:127.0.0.1:4444, localhost:4444;
                         without one a QEMU is started for the occasion, or the built-in fake
                         where there is no qemu-system-x86_64 on the PATH
              COMMAND    query-status if there is none
              ARGUMENTS  a JSON object, or name=value ...; a value is JSON or else text
              --events   goes on printing events for so long, a year (31536000) at most
              --help     prints this

            Exit code: 0 all went well, 1 it did not, 2 wrong usage.""";

    /** How long a monitor may keep silent: it is most often one that another client holds. */
    private static final Duration HANDSHAKE = Duration.ofSeconds(3);

    private static final Duration LONGEST = Duration.ofDays(365);

    /** A TCP address with port 0, which a server may bind to, but to which no client can connect. */
    private static final Pattern PORT_ZERO = Pattern.compile("(?!unix:)[^/,]*:0+(,.*)?");

    private static final JsonMapper JSON = JsonMapper.shared();

    static CommandLine parse(String... args) {
        Deque<String> words = new ArrayDeque<>(List.of(args));
        Duration listen = Duration.ZERO;
        while (!words.isEmpty() && words.peek().startsWith("-")) {
            String option = words.remove();
            switch (option) {
                case "--help", "-h" -> {
                    return new CommandLine(Optional.empty(), Optional.empty(), listen, true);
                }
                case "--events" -> listen = seconds(words.poll());
                default -> throw new UsageException("there is no option " + option);
            }
        }
        if (words.isEmpty()) {
            return new CommandLine(Optional.empty(), Optional.empty(), listen, false);
        }
        QmpClient client = client(words.remove());
        Optional<QmpCommand> command =
                words.isEmpty() ? Optional.empty() : Optional.of(command(words.remove(), List.copyOf(words)));
        return new CommandLine(Optional.of(client), command, listen, false);
    }

    static QmpClient client(String address) {
        if (address.indexOf('/') < 0 && address.indexOf(':') < 0) {
            throw new UsageException(address + " is no ADDRESS: it has neither a slash nor a colon");
        }
        if (PORT_ZERO.matcher(address).matches()) {
            throw new UsageException(address + " is no ADDRESS: no server listens on port 0");
        }
        try {
            return QmpClient.create().name("qmp").address(address).handshakeTimeout(HANDSHAKE);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static Duration seconds(@Nullable String text) {
        try {
            Duration duration = Duration.ofSeconds(Long.parseLong(String.valueOf(text)));
            if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UsageException("--events takes a number of seconds, from 0 to " + LONGEST.toSeconds());
    }

    private static QmpCommand command(String name, List<String> arguments) {
        if (name.isBlank()) {
            throw new UsageException("the COMMAND is blank");
        }
        QmpCommand command = QmpCommand.of(name);
        if (arguments.isEmpty()) {
            return command;
        }
        if (arguments.get(0).startsWith("{")) {
            return command.arguments(object(String.join(" ", arguments)));
        }
        ObjectNode object = JSON.createObjectNode();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new UsageException("the argument " + argument + " is neither name=value nor a JSON object");
            }
            object.set(argument.substring(0, equals), value(argument.substring(equals + 1)));
        }
        return command.arguments(object);
    }

    private static ObjectNode object(String text) {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (JacksonException e) {
            throw new UsageException("the arguments are no JSON object: " + e.getOriginalMessage());
        }
    }

    private static JsonNode value(String text) {
        try {
            JsonNode value = JSON.readTree(text);
            return value.isMissingNode() ? JSON.createObjectNode().stringNode(text) : value;
        } catch (JacksonException e) {
            return JSON.createObjectNode().stringNode(text);
        }
    }
}
