package io.github.qmpreactive.test.internal.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes values of tokens. QEMU 11 reports an error at once and with its position, and discards what follows until all
 * brackets are closed or a stray character comes. Before, it reported an error at the end of the value.
 */
final class ValueReader {

    private final QemuJsonReader.Sink sink;
    private final boolean incremental;
    private final InputLimits limits = new InputLimits();
    private PushParser parser;

    /** What is wrong with the value that is being read; what follows is not looked at. */
    private @Nullable String error;

    ValueReader(QemuJsonReader.Sink sink, boolean incremental) {
        this.sink = sink;
        this.incremental = incremental;
        this.parser = new PushParser(incremental);
    }

    /**
     * Takes a token.
     *
     * @param token of the type ERROR for a stray character
     * @param line the line in which it begins; 1 for the first
     * @param column the column in which it begins, as QEMU counts
     */
    void onToken(Token token, int line, int column) {
        if (token.type == TokenType.ERROR) {
            boolean isReported = incremental && error != null;
            reset();
            if (!isReported) {
                sink.onError(at(line, column, "stray '" + token.textUpToNul() + "'"));
            }
            return;
        }
        String exceeded = limits.add(token);
        if (exceeded != null && !incremental) {
            reset();
            sink.onError(exceeded);
            return;
        }
        boolean isFirstError = false;
        JsonNode value = null;
        if (error == null) {
            error = exceeded;
            try {
                value = exceeded == null ? parser.push(token) : null;
            } catch (JsonSyntaxException e) {
                error = at(line, column, String.valueOf(e.getMessage()));
            }
            isFirstError = error != null;
        }
        boolean isWhole = limits.isBalanced();
        String problem = (incremental ? isFirstError : isWhole) ? error : null;
        if (isWhole) {
            reset();
        }
        if (problem != null) {
            sink.onError(problem);
        } else if (value != null) {
            sink.onValue(value);
        }
    }

    private void reset() {
        limits.reset();
        parser = new PushParser(incremental);
        error = null;
    }

    private String at(int line, int column, String problem) {
        return (incremental ? line + ":" + column + ": " : "") + "JSON parse error, " + problem;
    }
}
