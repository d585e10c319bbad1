/** The jobs of a machine, its dumps, and the block nodes that jobs work on. */
@NullMarked
package io.github.qmpreactive.test.internal.vm.job;

import org.jspecify.annotations.NullMarked;
