package io.github.qmpreactive.test.internal.json;

/** Makes values of tokens. */
interface TokenSink {

    /**
     * Takes a token.
     *
     * @param token the token; of the type ERROR for a stray character
     * @param line the line in which it begins; 1 for the first
     * @param column the column in which it begins, as QEMU counts
     */
    void onToken(Token token, int line, int column);
}
