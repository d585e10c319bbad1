/** What the schemas of real QEMUs have, of each version that the kit or these tests know. */
@NullMarked
package io.github.qmpreactive.schema;

import org.jspecify.annotations.NullMarked;
