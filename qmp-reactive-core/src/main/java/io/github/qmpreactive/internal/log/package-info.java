/**
 * The log of a session: its name at the head of each line, and a limit to the lines that a peer can cause. Every
 * other room may log, and this one stands on none of them.
 */
@NullMarked
package io.github.qmpreactive.internal.log;

import org.jspecify.annotations.NullMarked;
