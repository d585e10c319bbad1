package io.github.qmpreactive.test.internal.json;

import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Values of one token, as QEMU's {@code json-parser.c} reads them. */
final class Scalars {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private Scalars() {}

    static JsonNode read(Token token) throws JsonSyntaxException {
        return switch (token.type) {
            case STRING -> NODES.stringNode(StringLiteral.read(token.bytes));
            case INTEGER -> integer(token.text());
            case FLOAT -> NODES.numberNode(Double.parseDouble(token.text()));
            case KEYWORD -> keyword(token.text());
            default -> throw new JsonSyntaxException("expecting value");
        };
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
