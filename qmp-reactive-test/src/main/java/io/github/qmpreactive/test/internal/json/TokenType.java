package io.github.qmpreactive.test.internal.json;

/** What QEMU's lexer tells apart. */
enum TokenType {
    LEFT_CURLY,
    RIGHT_CURLY,
    LEFT_SQUARE,
    RIGHT_SQUARE,
    COLON,
    COMMA,
    STRING,
    INTEGER,
    FLOAT,
    KEYWORD,
    ERROR
}
