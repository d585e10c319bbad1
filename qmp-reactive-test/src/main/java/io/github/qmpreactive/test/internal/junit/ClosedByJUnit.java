package io.github.qmpreactive.test.internal.junit;

import org.junit.jupiter.api.extension.ExtensionContext;

/** What is closed with the store that it is in: before 5.13 JUnit looked for the one of these, since then for the other. */
@SuppressWarnings("deprecation") // There is no other way with JUnit 5.12.
public interface ClosedByJUnit extends AutoCloseable, ExtensionContext.Store.CloseableResource {

    @Override
    void close();
}
