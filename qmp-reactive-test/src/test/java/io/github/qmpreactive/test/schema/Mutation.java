package io.github.qmpreactive.test.schema;

import io.github.qmpreactive.schema.AlternateType;
import io.github.qmpreactive.schema.BuiltinType;
import io.github.qmpreactive.schema.EnumType;
import io.github.qmpreactive.schema.ObjectType;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Ways to make right arguments wrong. */
enum Mutation {
    REQUIRED_MEMBER_LEFT_OUT {
        @Override
        boolean apply(TypedValues values, Random random) {
            return any(random, values.objects(), whole -> !whole.required().isEmpty())
                    .map(whole -> whole.object()
                            .remove(whole.required()
                                    .get(random.nextInt(whole.required().size()))))
                    .isPresent();
        }
    },
    UNKNOWN_MEMBER {
        @Override
        boolean apply(TypedValues values, Random random) {
            addUnknown(values, random, 1);
            return true;
        }
    },
    UNKNOWN_MEMBERS {
        @Override
        boolean apply(TypedValues values, Random random) {
            addUnknown(values, random, 2 + random.nextInt(40));
            return true;
        }
    },
    WRONG_TYPE {
        @Override
        boolean apply(TypedValues values, Random random) {
            return replace(values, random, spot -> true, wrong(random));
        }
    },
    NO_BRANCH {
        @Override
        boolean apply(TypedValues values, Random random) {
            return replace(values, random, spot -> spot.type() instanceof AlternateType, wrong(random));
        }
    },
    WRONG_ELEMENT {
        @Override
        boolean apply(TypedValues values, Random random) {
            return any(random, values.spots(), spot -> spot.value().isArray())
                    .map(spot -> ((ArrayNode) spot.value()).add(wrong(random)))
                    .isPresent();
        }
    },
    NULL {
        @Override
        boolean apply(TypedValues values, Random random) {
            return replace(values, random, spot -> true, NODES.nullNode());
        }
    },
    UNKNOWN_VALUE {
        @Override
        boolean apply(TypedValues values, Random random) {
            String word = WORDS.get(random.nextInt(WORDS.size()));
            return replace(values, random, spot -> spot.type() instanceof EnumType, NODES.stringNode(word));
        }
    },
    NO_SUCH_INTEGER {
        @Override
        boolean apply(TypedValues values, Random random) {
            JsonNode number = NUMBERS.get(random.nextInt(NUMBERS.size()));
            return replace(values, random, Mutation::isInt, number);
        }
    },
    OTHER_VARIANT {
        @Override
        boolean apply(TypedValues values, Random random) {
            return any(random, values.objects(), whole -> !whole.tagged().isEmpty())
                    .map(whole -> {
                        ObjectType type = whole.tagged().get(0);
                        List<String> cases = new ArrayList<>(type.variants().keySet());
                        return whole.object().put(type.tag().orElseThrow(), cases.get(random.nextInt(cases.size())));
                    })
                    .isPresent();
        }
    },
    TWO_MISTAKES {
        @Override
        boolean apply(TypedValues values, Random random) {
            return WRONG_TYPE.apply(values, random)
                    && (random.nextBoolean() ? REQUIRED_MEMBER_LEFT_OUT : UNKNOWN_MEMBER).apply(values, random);
        }
    };

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> WORDS = List.of("nope", "", "ON", "é€", "a'b\"c\\", "virtio ", "%s");
    private static final List<JsonNode> NUMBERS = List.of(
            NODES.numberNode(1.0),
            NODES.numberNode(-0.5),
            NODES.numberNode(1e30),
            NODES.numberNode(-1),
            NODES.numberNode(-129),
            NODES.numberNode(256),
            NODES.numberNode(65_536),
            NODES.numberNode(1L << 31),
            NODES.numberNode(1L << 32),
            NODES.numberNode(Long.MAX_VALUE),
            NODES.numberNode(Long.MIN_VALUE),
            NODES.numberNode(BigInteger.ONE.shiftLeft(63)),
            NODES.numberNode(BigInteger.ONE.shiftLeft(64)),
            NODES.numberNode(BigInteger.ONE.shiftLeft(63).negate().subtract(BigInteger.ONE)));

    /** Changes the arguments that the values are in; false if there is nothing in them that could be changed so. */
    abstract boolean apply(TypedValues values, Random random);

    private static boolean isInt(TypedValues.Spot spot) {
        return spot.type() instanceof BuiltinType builtin && builtin.isInteger();
    }

    private static boolean replace(
            TypedValues values, Random random, Predicate<TypedValues.Spot> where, JsonNode replacement) {
        Optional<TypedValues.Spot> spot = any(random, values.spots(), where);
        spot.ifPresent(s -> s.replace().accept(replacement));
        return spot.isPresent();
    }

    private static void addUnknown(TypedValues values, Random random, int count) {
        TypedValues.Whole whole = any(random, values.objects(), w -> true).orElseThrow();
        for (int i = 0; i < count; i++) {
            whole.object().put("x-" + Integer.toString(random.nextInt(100_000), 36), i);
        }
    }

    private static JsonNode wrong(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> NODES.objectNode();
            case 1 -> NODES.arrayNode();
            case 2 -> NODES.stringNode("7");
            case 3 -> NODES.numberNode(7);
            case 4 -> NODES.numberNode(0.5);
            default -> NODES.booleanNode(false);
        };
    }

    private static <T> Optional<T> any(Random random, List<T> all, Predicate<T> where) {
        List<T> some = all.stream().filter(where).toList();
        return some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
    }
}
