package io.github.qmpreactive.internal.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Random JSON that QEMU reads: every type, numbers of every size, names and text of all kinds, now and then deep. */
final class RandomTrees {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String[] NAMES = {"", "id", " ", "\u0000", "a", "\"", "\\", "arguments", "é", "execute", "/~"};
    private static final long[] EDGES = {
        0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 31, 999_999_999_999_999_999L, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private final Random random;
    /** Not any number of them: Jackson's table of names is slow where each of them is new. */
    private final String[] names;

    RandomTrees(long seed) {
        this.random = new Random(seed);
        this.names = Stream.concat(
                        Stream.of(NAMES), Stream.generate(this::nameText).limit(300))
                .toArray(String[]::new);
    }

    /** Jackson 3.0 neither writes nor reads names beyond the basic plane rightly. */
    private String nameText() {
        return text().replaceAll("[^\\x00-\\uFFFF]", "?");
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    ObjectNode object() {
        return fill(chance(1000) ? 100 + random.nextInt(200) : 3);
    }

    private ObjectNode fill(int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.set(name(), value(depth > 3 ? 0 : depth));
        }
        if (depth > 3) {
            object.set(name(), fill(depth - 1));
        }
        return object;
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth > 0 ? 12 : 8)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.numberNode(EDGES[random.nextInt(EDGES.length)]);
            case 3 -> NODES.numberNode(random.nextLong() >> random.nextInt(64));
            case 4 -> decimal();
            case 5, 6, 7 -> NODES.stringNode(text());
            case 8, 9 -> fill(depth - 1);
            default -> array(depth - 1);
        };
    }

    private ArrayNode array(int depth) {
        ArrayNode array = NODES.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            array.add(value(depth));
        }
        return array;
    }

    private JsonNode decimal() {
        return switch (random.nextInt(4)) {
            case 0 -> NODES.numberNode(new BigInteger(1 + random.nextInt(80), random));
            case 1 -> NODES.numberNode(finite(Double.longBitsToDouble(random.nextLong())));
            case 2 -> NODES.numberNode(random.nextInt() / 64f);
            default ->
                NODES.numberNode(
                        new BigDecimal(new BigInteger(1 + random.nextInt(120), random), random.nextInt(600) - 300));
        };
    }

    private static double finite(double number) {
        return Double.isFinite(number) ? number : 0.5;
    }

    private String name() {
        return names[random.nextInt(chance(3) ? NAMES.length : names.length)];
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.appendCodePoint(character());
        }
        return text.toString();
    }

    private int character() {
        int c =
                switch (random.nextInt(8)) {
                    case 0 -> random.nextInt(0x80);
                    case 1 -> random.nextInt(0x20);
                    case 2 -> random.nextInt(0x800);
                    case 3 -> random.nextInt(Character.MAX_CODE_POINT + 1);
                    default -> 'a' + random.nextInt(26);
                };
        boolean surrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
        boolean noCharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
        return surrogate || noCharacter ? '?' : c;
    }
}
