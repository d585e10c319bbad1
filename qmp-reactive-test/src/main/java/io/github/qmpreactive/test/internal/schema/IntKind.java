package io.github.qmpreactive.test.internal.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The integers of QAPI. Introspection calls them all {@code int}; they differ in range and in how QEMU refuses. */
public enum IntKind {
    /** Of an unknown size and sign. */
    UNKNOWN("int", 64, true),
    /** From −128 on. */
    INT8("int8_t", 8, true),
    /** From −32,768 on. */
    INT16("int16_t", 16, true),
    /** Of 32 bits. */
    INT32("int32_t", 32, true),
    /** Of 64 bits. */
    INT64("int64", 64, true),
    /** Up to 255. */
    UINT8("uint8_t", 8, false),
    /** Up to 65,535. */
    UINT16("uint16_t", 16, false),
    /** Of 32 bits without a sign. */
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

    /**
     * The kind of a name.
     *
     * @return the kind; empty if there is none
     */
    static Optional<IntKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    /** Returns what QEMU calls it when it refuses a value. */
    public String word() {
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
