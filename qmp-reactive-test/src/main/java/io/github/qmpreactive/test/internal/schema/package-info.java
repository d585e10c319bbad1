/** Values, visited by the types of a schema as QEMU visits what it is sent. */
@NullMarked
package io.github.qmpreactive.test.internal.schema;

import org.jspecify.annotations.NullMarked;
