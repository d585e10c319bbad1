/**
 * A small WebFlux application in front of one virtual machine: commands, events, errors and outages as browsers see them.
 *
 * <p>Of many machines, the example {@code health} shows the health of a fleet at Spring Boot's health endpoint.
 */
@NullMarked
package io.github.qmpreactive.webflux;

import org.jspecify.annotations.NullMarked;
