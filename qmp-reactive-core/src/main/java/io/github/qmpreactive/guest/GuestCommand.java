package io.github.qmpreactive.guest;

import io.github.qmpreactive.message.QmpCommand;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A program that the agent is to run in the guest; immutable, every setter returns a new instance. */
public final class GuestCommand {

    private final String path;
    private final List<String> args;
    private final Map<String, String> environment;
    private final byte @Nullable [] input;
    private final GuestCapture capture;

    private GuestCommand(
            String path,
            List<String> args,
            Map<String, String> environment,
            byte @Nullable [] input,
            GuestCapture capture) {
        this.path = path;
        this.args = args;
        this.environment = environment;
        this.input = input;
        this.capture = capture;
    }

    /**
     * A program with its arguments. There is no shell, unless it is the program: {@code GuestCommand.of("/bin/sh", "-c",
     * "...")}.
     *
     * @param path the program in the guest; a name without a slash is searched for in the agent's {@code PATH}
     * @param args its arguments, each by itself
     * @return the command
     * @throws IllegalArgumentException if the path is blank
     */
    public static GuestCommand of(String path, String... args) {
        if (path.isBlank()) {
            throw new IllegalArgumentException("The path of a program must not be blank");
        }
        return new GuestCommand(path, List.of(args), Map.of(), null, GuestCapture.SEPARATE);
    }

    /**
     * Sets the environment of the process. It replaces the environment of the agent: {@code PATH} is gone unless it is given,
     * too. Default: that of the agent.
     *
     * @param variables names and values; empty for the agent's
     * @return the new command
     */
    public GuestCommand environment(Map<String, String> variables) {
        return new GuestCommand(path, args, Map.copyOf(variables), input, capture);
    }

    /**
     * Sets what the process reads from standard input. Default: none, the input ends at once.
     *
     * @param input the bytes; they are copied
     * @return the new command
     */
    public GuestCommand input(byte... input) {
        return new GuestCommand(path, args, environment, input.clone(), capture);
    }

    /**
     * Sets which outputs of the process are kept. Default: {@link GuestCapture#SEPARATE}.
     *
     * @param capture which outputs are kept
     * @return the new command
     */
    public GuestCommand capture(GuestCapture capture) {
        return new GuestCommand(path, args, environment, input, Objects.requireNonNull(capture, "capture"));
    }

    QmpCommand start() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("path", path);
        arguments.put("arg", args);
        arguments.put("capture-output", capture.json());
        if (!environment.isEmpty()) {
            arguments.put(
                    "env",
                    environment.entrySet().stream()
                            .map(variable -> variable.getKey() + "=" + variable.getValue())
                            .toList());
        }
        if (input != null) {
            arguments.put("input-data", Base64.getEncoder().encodeToString(input));
        }
        return QmpCommand.of("guest-exec").arguments(arguments);
    }

    /** For people: the program, without arguments, which may be secret. */
    @Override
    public String toString() {
        return "GuestCommand[" + path + "]";
    }
}
