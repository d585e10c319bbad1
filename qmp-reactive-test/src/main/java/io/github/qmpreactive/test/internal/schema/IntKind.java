package io.github.qmpreactive.test.internal.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The integers of QAPI. Introspection calls them all {@code int}; they differ in range and in how QEMU refuses. */
enum IntKind {
    /** Of an unknown size and sign. */
    UNKNOWN("int", 64, true),
    INT8("int8_t", 8, true),
    INT16("int16_t", 16, true),
    INT32("int32_t", 32, true),
    INT64("int64", 64, true),
    UINT8("uint8_t", 8, false),
    UINT16("uint16_t", 16, false),
    UINT32("uint32_t", 32, false),
    /** Of 64 bits without a sign; negative ones are taken, too, as QEMU does for the sake of old clients. */
    UINT64("uint64", 64, false);

    private static final int MOST_DIGITS = 20;
    private static final BigInteger MIN = BigInteger.ONE.shiftLeft(63).negate();
    private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

    private final String word;
    private final int bits;
    private final boolean signed;

    IntKind(String word, int bits, boolean signed) {
        this.word = word;
        this.bits = bits;
        this.signed = signed;
    }

    static Optional<IntKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    /** What QEMU calls it when it refuses a value. */
    String word() {
        return word;
    }

    boolean isSigned() {
        return signed;
    }

    /** The integer that a number is by its value; itself if it is none, or no number. */
    static JsonNode whole(JsonNode value) {
        if (!value.isNumber() || value.isIntegralNumber()) {
            return value;
        }
        BigDecimal number = value.decimalValue().stripTrailingZeros();
        boolean whole = number.scale() <= 0 && number.precision() - number.scale() <= MOST_DIGITS;
        return whole ? JsonNodeFactory.instance.numberNode(number.toBigIntegerExact()) : value;
    }

    /** Whether this is an integer of 64 bits with the right sign, which is what QEMU looks at first. */
    boolean isInteger(JsonNode value) {
        if (!value.isIntegralNumber()) {
            return false;
        }
        BigInteger number = value.bigIntegerValue();
        return number.compareTo(MIN) >= 0 && number.bitLength() <= (signed && this != UNKNOWN ? 63 : 64);
    }

    boolean isInRange(JsonNode value) {
        BigInteger number = value.bigIntegerValue();
        if (bits == 64) {
            return true;
        }
        if (signed) {
            return number.bitLength() < bits;
        }
        return (number.signum() < 0 ? number.add(TWO_TO_64) : number).bitLength() <= bits;
    }
}
