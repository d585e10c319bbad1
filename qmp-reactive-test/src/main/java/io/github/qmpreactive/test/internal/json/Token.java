package io.github.qmpreactive.test.internal.json;

import java.nio.charset.StandardCharsets;

/** A token and the bytes it was read from, quotes included. */
final class Token {

    final TokenType type;
    final byte[] bytes;

    Token(TokenType type, byte[] bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    String textUpToNul() {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
