package io.github.qmpreactive.test.internal.json;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Parses a value when its last token has come, as QEMU did before version 11. */
final class WholeValueSink implements TokenSink {

    private final QemuJsonReader.Sink sink;
    private final InputLimits limits = new InputLimits();
    private final List<Token> tokens = new ArrayList<>();

    WholeValueSink(QemuJsonReader.Sink sink) {
        this.sink = sink;
    }

    @Override
    public void onToken(Token token, int line, int column) {
        if (token.type == TokenType.ERROR) {
            fail("JSON parse error, stray '" + token.textUpToNul() + "'");
            return;
        }
        String exceeded = limits.add(token);
        if (exceeded != null) {
            fail(exceeded);
            return;
        }
        tokens.add(token);
        if (limits.isBalanced()) {
            parse();
        }
    }

    private void parse() {
        JsonNode value;
        try {
            value = new TokenParser(tokens).parse();
        } catch (JsonSyntaxException e) {
            fail("JSON parse error, " + e.getMessage());
            return;
        }
        reset();
        sink.onValue(value);
    }

    private void fail(String description) {
        reset();
        sink.onError(description);
    }

    private void reset() {
        tokens.clear();
        limits.reset();
    }
}
