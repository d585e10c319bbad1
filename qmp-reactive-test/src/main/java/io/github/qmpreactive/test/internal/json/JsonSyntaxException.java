package io.github.qmpreactive.test.internal.json;

/** Says what is wrong with a value in the words of QEMU's parser. */
final class JsonSyntaxException extends Exception {

    private static final long serialVersionUID = 1L;

    JsonSyntaxException(String message) {
        super(message, null, false, false);
    }
}
