/** Many supervised machines: in virtual time, at fakes, at real QEMUs. */
@NullMarked
package io.github.qmpreactive.fleet;

import org.jspecify.annotations.NullMarked;
