/** A service as users write them, with bugs as users make them, to see that the test kit finds them. */
@NullMarked
package io.github.qmpreactive.service;

import org.jspecify.annotations.NullMarked;
