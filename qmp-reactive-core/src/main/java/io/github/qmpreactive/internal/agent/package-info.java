/** Sessions with the guest agent: how they come into step with it, and stay so. */
@NullMarked
package io.github.qmpreactive.internal.agent;

import org.jspecify.annotations.NullMarked;
