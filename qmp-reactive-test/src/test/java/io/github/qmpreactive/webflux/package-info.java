/** A small WebFlux application in front of one virtual machine, and what browsers see of it in good and in bad times. */
@NullMarked
package io.github.qmpreactive.webflux;

import org.jspecify.annotations.NullMarked;
