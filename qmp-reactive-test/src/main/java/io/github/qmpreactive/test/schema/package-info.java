/**
 * Commands, replies and events, checked by QEMU's own description of what it takes and sends: a {@link
 * io.github.qmpreactive.test.schema.SchemaCheck} of a {@link io.github.qmpreactive.schema.QmpSchema}.
 *
 * <p>JSON that is handed out by these types is read-only by contract; JSON that is taken in is copied.
 */
@NullMarked
package io.github.qmpreactive.test.schema;

import org.jspecify.annotations.NullMarked;
