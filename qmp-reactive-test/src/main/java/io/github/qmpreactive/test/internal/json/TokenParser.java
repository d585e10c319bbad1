package io.github.qmpreactive.test.internal.json;

import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes a value of tokens, with the errors of QEMU's {@code json-parser.c}. */
final class TokenParser {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final List<Token> tokens;
    private int position;

    TokenParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    JsonNode parse() throws JsonSyntaxException {
        return value(next());
    }

    private Token next() throws JsonSyntaxException {
        if (position == tokens.size()) {
            throw new JsonSyntaxException("premature EOI");
        }
        return tokens.get(position++);
    }

    private boolean skip(TokenType type) {
        if (position < tokens.size() && tokens.get(position).type == type) {
            position++;
            return true;
        }
        return false;
    }

    private JsonNode value(Token token) throws JsonSyntaxException {
        return switch (token.type) {
            case LEFT_CURLY -> object();
            case LEFT_SQUARE -> array();
            default -> scalar(token);
        };
    }

    /** A value of one token. */
    static JsonNode scalar(Token token) throws JsonSyntaxException {
        return switch (token.type) {
            case STRING -> NODES.stringNode(StringLiteral.read(token.bytes));
            case INTEGER -> integer(token.text());
            case FLOAT -> NODES.numberNode(Double.parseDouble(token.text()));
            case KEYWORD -> keyword(token.text());
            default -> throw new JsonSyntaxException("expecting value");
        };
    }

    private ObjectNode object() throws JsonSyntaxException {
        ObjectNode object = NODES.objectNode();
        if (skip(TokenType.RIGHT_CURLY)) {
            return object;
        }
        pair(object);
        for (Token token = next(); token.type != TokenType.RIGHT_CURLY; token = next()) {
            if (token.type != TokenType.COMMA) {
                throw new JsonSyntaxException("expected separator in dict");
            }
            pair(object);
        }
        return object;
    }

    private void pair(ObjectNode object) throws JsonSyntaxException {
        JsonNode key = value(next());
        if (!key.isString()) {
            throw new JsonSyntaxException("key is not a string in object");
        }
        if (next().type != TokenType.COLON) {
            throw new JsonSyntaxException("missing : in object pair");
        }
        JsonNode value = value(next());
        if (object.has(key.stringValue())) {
            throw new JsonSyntaxException("duplicate key");
        }
        object.set(key.stringValue(), value);
    }

    private ArrayNode array() throws JsonSyntaxException {
        ArrayNode array = NODES.arrayNode();
        if (skip(TokenType.RIGHT_SQUARE)) {
            return array;
        }
        array.add(value(next()));
        for (Token token = next(); token.type != TokenType.RIGHT_SQUARE; token = next()) {
            if (token.type != TokenType.COMMA) {
                throw new JsonSyntaxException("expected separator in list");
            }
            array.add(value(next()));
        }
        return array;
    }

    private static JsonNode keyword(String word) throws JsonSyntaxException {
        return switch (word) {
            case "true" -> NODES.booleanNode(true);
            case "false" -> NODES.booleanNode(false);
            case "null" -> NODES.nullNode();
            default -> throw new JsonSyntaxException("invalid keyword '" + word + "'");
        };
    }

    private static JsonNode integer(String digits) {
        BigInteger value = new BigInteger(digits);
        if (value.bitLength() < 32) {
            return NODES.numberNode(value.intValue());
        }
        if (value.bitLength() < 64) {
            return NODES.numberNode(value.longValue());
        }
        boolean isUint64 = value.signum() > 0 && value.compareTo(MAX_UINT64) <= 0;
        return isUint64 ? NODES.numberNode(value) : NODES.numberNode(value.doubleValue());
    }
}
