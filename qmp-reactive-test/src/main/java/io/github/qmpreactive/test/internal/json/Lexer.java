package io.github.qmpreactive.test.internal.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * QEMU's lexer (its {@code json-lexer.c}), byte by byte: after a stray byte it skips to the next structural or control
 * character.
 */
final class Lexer {

    private enum State {
        START,
        RECOVERY,
        STRING,
        ESCAPE,
        SIGN,
        ZERO,
        DIGITS,
        POINT,
        FRACTION,
        EXPONENT,
        EXPONENT_SIGN,
        EXPONENT_DIGITS,
        KEYWORD
    }

    private static final byte[] NONE = {};
    private static final Token[] STRUCTURE = structure();

    private final ValueReader tokens;
    private State state = State.START;
    private int quote;
    private byte[] text = new byte[64];
    private int length;

    /** How much was taken: lines, and bytes of the last line. */
    private int lines;

    private int columns;
    private int startLine;
    private int startColumn;

    Lexer(ValueReader tokens) {
        this.tokens = tokens;
    }

    private static Token[] structure() {
        Token[] structure = new Token[0x80];
        structure['{'] = new Token(TokenType.LEFT_CURLY, NONE);
        structure['}'] = new Token(TokenType.RIGHT_CURLY, NONE);
        structure['['] = new Token(TokenType.LEFT_SQUARE, NONE);
        structure[']'] = new Token(TokenType.RIGHT_SQUARE, NONE);
        structure[':'] = new Token(TokenType.COLON, NONE);
        structure[','] = new Token(TokenType.COMMA, NONE);
        return structure;
    }

    void feed(byte value) {
        int c = value & 0xFF;
        boolean taken = step(c);
        // A byte that ends one token and begins the next is counted in between, so QEMU's column of the next is one
        // off.
        if (c == '\n') {
            lines++;
            columns = 0;
        } else {
            columns++;
        }
        while (!taken) {
            taken = step(c);
        }
    }

    /** Whether the character was taken; one that only ends a token is looked at again. */
    private boolean step(int c) {
        return switch (state) {
            case START -> start(c);
            case RECOVERY -> recover(c);
            case STRING -> string(c);
            case ESCAPE -> isText(c) ? append(c, State.STRING) : stray(c);
            case SIGN -> number(c, isDigit(c) ? (c == '0' ? State.ZERO : State.DIGITS) : null, null);
            // Here QEMU knows no exponent.
            case ZERO -> isDigit(c) ? stray(c) : number(c, point(c), TokenType.INTEGER);
            case DIGITS -> number(c, isDigit(c) ? State.DIGITS : pointOrExponent(c), TokenType.INTEGER);
            case POINT -> number(c, isDigit(c) ? State.FRACTION : null, null);
            case FRACTION -> number(c, isDigit(c) ? State.FRACTION : exponent(c), TokenType.FLOAT);
            case EXPONENT -> number(c, c == '+' || c == '-' ? State.EXPONENT_SIGN : exponentDigits(c), null);
            case EXPONENT_SIGN -> number(c, exponentDigits(c), null);
            case EXPONENT_DIGITS -> number(c, exponentDigits(c), TokenType.FLOAT);
            case KEYWORD -> number(c, isLetter(c) ? State.KEYWORD : null, TokenType.KEYWORD);
        };
    }

    private boolean start(int c) {
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            return true;
        }
        startLine = lines + 1;
        startColumn = columns + 1;
        Token structural = c < 0x80 ? STRUCTURE[c] : null;
        if (structural != null) {
            tokens.onToken(structural, startLine, startColumn);
            return true;
        }
        if (c == '"' || c == '\'') {
            quote = c;
            return append(c, State.STRING);
        }
        if (isDigit(c)) {
            return append(c, c == '0' ? State.ZERO : State.DIGITS);
        }
        if (isLetter(c)) {
            return append(c, State.KEYWORD);
        }
        return c == '-' ? append(c, State.SIGN) : stray(c);
    }

    private boolean recover(int c) {
        if (c < 0x20 || c >= 0xFE || (c < 0x80 && STRUCTURE[c] != null)) {
            state = State.START;
            return false;
        }
        return true;
    }

    private boolean string(int c) {
        if (c == quote) {
            append(c, State.STRING);
            emit(TokenType.STRING, State.START);
            return true;
        }
        if (c == '\\') {
            return append(c, State.ESCAPE);
        }
        return isText(c) ? append(c, State.STRING) : stray(c);
    }

    /** Goes on to a state, or ends a token that may end here, or finds the character to be stray. */
    private boolean number(int c, @Nullable State next, @Nullable TokenType ending) {
        if (next != null) {
            return append(c, next);
        }
        if (ending == null) {
            return stray(c);
        }
        emit(ending, State.START);
        return false;
    }

    private boolean append(int c, State next) {
        if (length == text.length) {
            text = Arrays.copyOf(text, 2 * length);
        }
        text[length++] = (byte) c;
        state = next;
        return true;
    }

    private boolean stray(int c) {
        append(c, state);
        emit(TokenType.ERROR, State.RECOVERY);
        return true;
    }

    private void emit(TokenType type, State next) {
        Token token = new Token(type, Arrays.copyOf(text, length));
        length = 0;
        state = next;
        tokens.onToken(token, startLine, startColumn);
    }

    private static @Nullable State pointOrExponent(int c) {
        return c == '.' ? State.POINT : exponent(c);
    }

    private static @Nullable State point(int c) {
        return c == '.' ? State.POINT : null;
    }

    private static @Nullable State exponent(int c) {
        return c == 'e' || c == 'E' ? State.EXPONENT : null;
    }

    private static @Nullable State exponentDigits(int c) {
        return isDigit(c) ? State.EXPONENT_DIGITS : null;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return c >= 'a' && c <= 'z';
    }

    private static boolean isText(int c) {
        return c >= 0x20 && c <= 0xFD;
    }
}
