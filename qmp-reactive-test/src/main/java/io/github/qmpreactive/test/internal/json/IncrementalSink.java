package io.github.qmpreactive.test.internal.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Parses token by token, as QEMU 11 does: an error is reported at once and with its position, and what follows is discarded
 * until all brackets are closed or a stray character comes.
 */
final class IncrementalSink implements TokenSink {

    private final QemuJsonReader.Sink sink;
    private final InputLimits limits = new InputLimits();
    private PushParser parser = new PushParser();
    private boolean discarding;

    IncrementalSink(QemuJsonReader.Sink sink) {
        this.sink = sink;
    }

    @Override
    public void onToken(Token token, int line, int column) {
        if (token.type == TokenType.ERROR) {
            boolean reported = discarding;
            reset();
            if (!reported) {
                sink.onError(at(line, column, "stray '" + token.textUpToNul() + "'"));
            }
            return;
        }
        String exceeded = limits.add(token);
        boolean balanced = limits.isBalanced();
        String error = null;
        JsonNode value = null;
        if (!discarding) {
            if (exceeded != null) {
                error = exceeded;
            } else {
                try {
                    value = parser.push(token);
                } catch (JsonSyntaxException e) {
                    error = at(line, column, e.getMessage());
                }
            }
            discarding = error != null;
        }
        if (balanced) {
            reset();
        }
        report(value, error);
    }

    private void report(@Nullable JsonNode value, @Nullable String error) {
        if (error != null) {
            sink.onError(error);
        } else if (value != null) {
            sink.onValue(value);
        }
    }

    private void reset() {
        limits.reset();
        parser = new PushParser();
        discarding = false;
    }

    private static String at(int line, int column, @Nullable String problem) {
        return line + ":" + column + ": JSON parse error, " + problem;
    }
}
