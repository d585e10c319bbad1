package io.github.qmpreactive.job;

import io.github.qmpreactive.test.Answer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A job whose life is made up by chance, as QEMU permits it: drains pause it at any time, and any part of it may come
 * before a reply. It goes on with each command that comes.
 */
final class ChanceJob {

    /** How it ends. */
    enum End {
        SUCCESS,
        FAILURE,
        CANCELLED
    }

    private final Random random;
    private final String type;
    private final boolean blockJob;
    private final boolean autoDismiss;
    private final End end;
    private final Deque<String> life = new ArrayDeque<>();
    private String status = "null";
    private boolean started;
    private boolean completing;

    ChanceJob(long seed) {
        this.random = new Random(seed);
        this.type = List.of("mirror", "backup", "create").get(random.nextInt(3));
        this.blockJob = !type.equals("create");
        this.autoDismiss = blockJob && random.nextBoolean();
        this.end = End.values()[random.nextInt(3)];
        life.add("created");
        life.add("running");
        blips("paused", "running");
        boolean ends = end != End.SUCCESS && random.nextBoolean();
        if (type.equals("mirror") && !ends) {
            life.add("ready");
            blips("standby", "ready");
            life.add("?complete");
            blips("standby", "ready");
        }
        finish();
    }

    private void blips(String pause, String resume) {
        for (int n = random.nextInt(3); n > 0; n--) {
            life.add(pause);
            life.add(resume);
        }
    }

    private void finish() {
        if (end == End.SUCCESS) {
            life.add("waiting");
            life.add("pending");
        } else {
            life.add("aborting");
        }
        if (blockJob) {
            life.add("!");
        }
        life.add("concluded");
        if (autoDismiss) {
            life.add("null");
        }
    }

    End end() {
        return end;
    }

    boolean autoDismiss() {
        return autoDismiss;
    }

    boolean isGone() {
        return status.equals("null");
    }

    @Override
    public String toString() {
        return type + (autoDismiss ? " that dismisses itself, " : ", ") + end + ", at " + status + ", then " + life;
    }

    /** The reply to the command that starts it: it has been created by then. */
    Answer start() {
        started = true;
        return around(() -> "{}", 1);
    }

    /** The query with which the client listens comes before the command that starts it. */
    Answer query() {
        if (!started) {
            return Answer.reply("[]");
        }
        return around(
                () -> {
                    String error = end == End.FAILURE ? "No space left on device" : "Operation canceled";
                    return isGone()
                            ? "[]"
                            : status.equals("concluded") && end != End.SUCCESS
                                    ? "[" + JobScript.failed(type, error) + "]"
                                    : "[" + JobScript.info(type, status, 4, 8) + "]";
                },
                0);
    }

    /** QEMU 5.2 refuses in standby, later ones do not. */
    Answer complete() {
        if (status.equals("ready") || (status.equals("standby") && random.nextBoolean())) {
            completing = true;
            return around(() -> "{}", 0);
        }
        return Answer.error("GenericError", "Job 'j0' in state '" + status + "' cannot accept command verb 'complete'");
    }

    Answer dismiss() {
        if (!status.equals("concluded")) {
            return Answer.error("GenericError", isGone() ? "Job not found" : "cannot accept command verb 'dismiss'");
        }
        return event(Answer.reply("{}"), "null", true);
    }

    private interface Reply {
        String now();
    }

    /** Some of its life before the reply, some after it. */
    private Answer around(Reply reply, int least) {
        Deque<String> before = new ArrayDeque<>();
        for (int n = Math.max(least, random.nextInt(5)); n > 0 && goesOn(); n--) {
            before.add(next());
        }
        Answer answer = Answer.reply(reply.now());
        for (String step : before) {
            answer = event(answer, step, true);
        }
        for (int n = random.nextInt(4); n > 0 && goesOn(); n--) {
            answer = event(answer, next(), false);
        }
        return answer;
    }

    private boolean goesOn() {
        return !life.isEmpty() && (!life.peek().equals("?complete") || completing);
    }

    private String next() {
        String step = life.remove();
        if (step.equals("?complete")) {
            return goesOn() ? next() : "";
        }
        if (!step.equals("!")) {
            status = step;
        }
        return step;
    }

    private Answer event(Answer answer, String step, boolean before) {
        String name;
        String data;
        if (step.equals("!")) {
            name = end == End.CANCELLED ? "BLOCK_JOB_CANCELLED" : "BLOCK_JOB_COMPLETED";
            data = "{\"device\": \"j0\", \"type\": \"" + type + "\", \"len\": 8, \"offset\": 8"
                    + (end == End.FAILURE ? ", \"error\": \"No space left on device\"}" : "}");
        } else {
            name = "JOB_STATUS_CHANGE";
            data = "{\"id\": \"j0\", \"status\": \"" + step + "\"}";
        }
        if (step.equals("null")) {
            status = "null";
        }
        return before ? answer.eventBefore(name, data) : answer.eventAfter(name, data);
    }
}
