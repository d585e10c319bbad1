/** A small WebFlux application in front of one virtual machine: commands, events, errors and outages as browsers see them. */
@NullMarked
package io.github.qmpreactive.webflux;

import org.jspecify.annotations.NullMarked;
