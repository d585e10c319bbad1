/**
 * QEMU's own description of what it takes and sends, to check commands, replies and events by.
 *
 * <p>JSON that is handed out by these types is read-only by contract; JSON that is taken in is copied.
 */
@NullMarked
package io.github.qmpreactive.test.schema;

import org.jspecify.annotations.NullMarked;
