/** The health of a fleet at Spring Boot's health endpoint. */
@NullMarked
package io.github.qmpreactive.health;

import org.jspecify.annotations.NullMarked;
