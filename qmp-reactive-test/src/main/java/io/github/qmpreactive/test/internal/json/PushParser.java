package io.github.qmpreactive.test.internal.json;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes one value of tokens as they come, with the errors of QEMU's {@code json-parser.c}. */
final class PushParser {

    private enum Expected {
        VALUE,
        FIRST_ELEMENT,
        ELEMENT_END,
        FIRST_KEY,
        KEY,
        COLON,
        MEMBER_END
    }

    /** An object or an array that is not at its end. */
    private static final class Frame {
        final JsonNode container;
        String key = "";

        Frame(JsonNode container) {
            this.container = container;
        }
    }

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Deque<Frame> open = new ArrayDeque<>();
    private final boolean newWords;
    private Expected expected = Expected.VALUE;

    /** QEMU 11 words errors anew. */
    PushParser(boolean newWords) {
        this.newWords = newWords;
    }

    /** Takes a token; returns the value if that was its last one. */
    @Nullable
    JsonNode push(Token token) throws JsonSyntaxException {
        TokenType type = token.type;
        switch (expected) {
            case FIRST_KEY -> {
                if (type == TokenType.RIGHT_CURLY) {
                    return close();
                }
                key(token);
            }
            case KEY -> key(token);
            case COLON -> {
                require(type == TokenType.COLON, "expecting ':'", "missing : in object pair");
                expected = Expected.VALUE;
            }
            case MEMBER_END -> {
                if (type == TokenType.RIGHT_CURLY) {
                    return close();
                }
                require(type == TokenType.COMMA, "expected ',' or '}'", "expected separator in dict");
                expected = Expected.KEY;
            }
            case ELEMENT_END -> {
                if (type == TokenType.RIGHT_SQUARE) {
                    return close();
                }
                require(type == TokenType.COMMA, "expected ',' or ']'", "expected separator in list");
                expected = Expected.VALUE;
            }
            case FIRST_ELEMENT -> {
                return type == TokenType.RIGHT_SQUARE ? close() : value(token);
            }
            case VALUE -> {
                return value(token);
            }
        }
        return null;
    }

    private void key(Token token) throws JsonSyntaxException {
        boolean opens = token.type == TokenType.LEFT_CURLY || token.type == TokenType.LEFT_SQUARE;
        if (!newWords && !opens) {
            // Looked at as a value first.
            var unused = Scalars.read(token);
        }
        require(token.type == TokenType.STRING, "expecting key", "key is not a string in object");
        open.element().key = StringLiteral.read(token.bytes);
        expected = Expected.COLON;
    }

    private @Nullable JsonNode value(Token token) throws JsonSyntaxException {
        if (token.type == TokenType.LEFT_CURLY) {
            open.push(new Frame(NODES.objectNode()));
            expected = Expected.FIRST_KEY;
            return null;
        }
        if (token.type == TokenType.LEFT_SQUARE) {
            open.push(new Frame(NODES.arrayNode()));
            expected = Expected.FIRST_ELEMENT;
            return null;
        }
        return complete(Scalars.read(token));
    }

    private @Nullable JsonNode close() throws JsonSyntaxException {
        return complete(open.pop().container);
    }

    private @Nullable JsonNode complete(JsonNode value) throws JsonSyntaxException {
        Frame frame = open.peek();
        if (frame == null) {
            return value;
        }
        if (frame.container instanceof ObjectNode object) {
            require(!object.has(frame.key), "duplicate key", "duplicate key");
            object.set(frame.key, value);
            expected = Expected.MEMBER_END;
        } else {
            ((ArrayNode) frame.container).add(value);
            expected = Expected.ELEMENT_END;
        }
        return null;
    }

    private void require(boolean right, String problem, String inOldWords) throws JsonSyntaxException {
        if (!right) {
            throw new JsonSyntaxException(newWords ? problem : inOldWords);
        }
    }
}
