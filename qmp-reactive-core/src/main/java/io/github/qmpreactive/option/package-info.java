/** The choices that a client, a message or a subscription to events can be given. */
@NullMarked
package io.github.qmpreactive.option;

import org.jspecify.annotations.NullMarked;
