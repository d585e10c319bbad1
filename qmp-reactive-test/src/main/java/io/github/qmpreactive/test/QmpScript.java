package io.github.qmpreactive.test;

import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.internal.json.JsonText;
import io.github.qmpreactive.test.internal.script.ScriptReport;
import io.github.qmpreactive.test.internal.script.ScriptStep;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that has to take place as it is written down: this is to come, that is sent. It is played by {@link
 * FakeQmpServer#script}. Immutable: every method returns a new script, with one step more.
 *
 * <pre>{@code
 * QmpScript.create()
 *         .expect("device_del", "{\"id\": \"usb0\"}").reply("{}")
 *         .emit("DEVICE_DELETED", "{\"device\": \"usb0\"}")
 *         .expect("quit").reply("{}").close()
 * }</pre>
 *
 * <ul>
 *   <li>It begins when the first client has negotiated, and goes on over all connections of its server.
 *   <li>Commands are compared as JSON, but for their id: members in any order, numbers by their value, no arguments and
 *       empty ones alike.
 *   <li>What comes before its turn waits: during a {@link #pause} for example.
 *   <li>What is not what has to come next is answered with a GenericError, as is all that comes after it, and fails the
 *       test: with {@link RunningFakeQmpServer#verifyScript()}, or when the server is closed.
 * </ul>
 */
public final class QmpScript {

    private final List<ScriptStep> steps;

    QmpScript(List<ScriptStep> steps) {
        this.steps = steps;
    }

    /** {@return a script without a step: nothing may come} */
    public static QmpScript create() {
        return new QmpScript(List.of());
    }

    /**
     * {@return this script, and then a command has to come, in band and without arguments}
     *
     * @param command its name
     * @throws IllegalArgumentException if the name is blank
     */
    public QmpScript expect(String command) {
        return expect(QmpCommand.of(command));
    }

    /**
     * {@return this script, and then a command has to come, in band and with these arguments, no fewer and no more}
     *
     * @param command its name
     * @param arguments a JSON object as text
     * @throws IllegalArgumentException if the name is blank, or the text is no JSON object
     */
    public QmpScript expect(String command, String arguments) {
        return expect(QmpCommand.of(command).arguments(JsonText.read(arguments)));
    }

    /**
     * {@return this script, and then a command has to come, with its arguments, no fewer and no more, in band or out of
     * band as it says}
     *
     * @param command the command
     */
    public QmpScript expect(QmpCommand command) {
        return with(new ScriptStep.Expect(command, false));
    }

    /**
     * {@return this script, and then a command has to come, in band and with whichever arguments}
     *
     * @param command its name
     * @throws IllegalArgumentException if the name is blank
     */
    public QmpScript expectWithAnyArguments(String command) {
        return with(new ScriptStep.Expect(QmpCommand.of(command), true));
    }

    /**
     * {@return this script, and then the command that is expected last is answered with success}
     *
     * @param json the {@code return} member, any JSON value as text
     * @throws IllegalArgumentException if it is no JSON
     * @throws IllegalStateException if no command is expected before, or it is answered already
     */
    public QmpScript reply(String json) {
        return reply(null, Answer.reply(json), "reply " + json);
    }

    /**
     * {@return this script, and then the command that is expected last is answered with an error}
     *
     * @param errorClass the {@code class} member, for example {@code "GenericError"}
     * @param description the {@code desc} member
     * @throws IllegalStateException if no command is expected before, or it is answered already
     */
    public QmpScript error(String errorClass, String description) {
        return reply(null, Answer.error(errorClass, description), "error " + errorClass + ": " + description);
    }

    /**
     * {@return this script, and then the command that is expected last is answered in any way: with a fault, for
     * example. A delay of the answer delays what is behind it}
     *
     * @param answer the answer
     * @throws IllegalStateException if no command is expected before, or it is answered already
     */
    public QmpScript answer(Answer answer) {
        return reply(null, answer, "answer");
    }

    /**
     * {@return this script, and then a command that came earlier is answered, in whichever order: several are expected
     * first, and answered then}
     *
     * @param command its name: of several that are unanswered, the one that came first
     * @param answer the answer
     * @throws IllegalStateException if no such command is expected before, or all of them are answered
     */
    public QmpScript answerTo(String command, Answer answer) {
        return reply(command, answer, "answer " + command);
    }

    /**
     * {@return this script, and then an event without data is sent, stamped with the time at which it is}
     *
     * @param event its name
     */
    public QmpScript emit(String event) {
        return act("emit " + event, Faults.silence().eventBefore(event));
    }

    /**
     * {@return this script, and then an event is sent, stamped with the time at which it is}
     *
     * @param event its name
     * @param data its {@code data} member as JSON text
     * @throws IllegalArgumentException if it is no JSON
     */
    public QmpScript emit(String event, String data) {
        return act("emit " + event + " " + data, Faults.silence().eventBefore(event, data));
    }

    /**
     * {@return this script, and then text is sent as it is}
     *
     * @param text sent as UTF-8 with nothing added
     */
    public QmpScript sendText(String text) {
        return act("send " + text.strip(), Answer.text(text));
    }

    /**
     * {@return this script, and then nothing is sent for a while, and what comes meanwhile waits}
     *
     * @param time how long, on the clock of {@link FakeQmpServer#withScheduler}
     * @throws IllegalArgumentException if the time is not positive
     */
    public QmpScript pause(Duration time) {
        Checks.positive(time.toNanos(), "time");
        return act("wait " + time, Faults.silence().delayed(time));
    }

    /**
     * {@return this script, and then the connection on which the last command came is closed, after all that was
     * written has been sent. If more is expected, it has to come on the next one}
     */
    public QmpScript close() {
        return act("close", Faults.silence().thenClose());
    }

    /**
     * {@return this script, and then the connection on which the last command came is reset, as {@link
     * FakeConnection#reset()}. If more is expected, it has to come on the next one}
     */
    public QmpScript reset() {
        return act("reset", Faults.silence().thenReset());
    }

    /** For people: its steps, one a line. */
    @Override
    public String toString() {
        return ScriptReport.steps(steps);
    }

    List<ScriptStep> steps() {
        return steps;
    }

    private QmpScript reply(@Nullable String command, Answer answer, String text) {
        Map<Integer, String> unanswered = new LinkedHashMap<>();
        int last = -1;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof ScriptStep.Expect expect) {
                last = i;
                unanswered.put(i, expect.command().name());
            } else if (steps.get(i) instanceof ScriptStep.Act act) {
                unanswered.remove(act.expected());
            }
        }
        int newest = last;
        Map.Entry<Integer, String> answered = unanswered.entrySet().stream()
                .filter(each -> command == null
                        ? each.getKey() == newest
                        : each.getValue().equals(command))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Before \"" + text + "\" the script expects no "
                        + (command == null ? "command" : command)
                        + " that is still unanswered (one that came earlier than the last is answered with answerTo):\n"
                        + ScriptReport.steps(steps, steps.size())));
        return with(new ScriptStep.Act(text, answered.getValue(), answered.getKey(), answer.response()));
    }

    private QmpScript act(String text, Answer answer) {
        return with(new ScriptStep.Act(text, null, -1, answer.response()));
    }

    private QmpScript with(ScriptStep step) {
        return new QmpScript(Stream.concat(steps.stream(), Stream.of(step)).toList());
    }
}
