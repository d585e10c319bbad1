package io.github.qmpreactive.example;

/** The words of the command line are off. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
