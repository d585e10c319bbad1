/** The types that {@code query-qmp-schema} tells of, and values visited by them as QEMU visits what it is sent. */
@NullMarked
package io.github.qmpreactive.test.internal.schema;

import org.jspecify.annotations.NullMarked;
