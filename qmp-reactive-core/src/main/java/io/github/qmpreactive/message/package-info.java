/**
 * The values of the protocol: commands, events, the greeting, errors as the server words them, and
 * the states of a session.
 *
 * <p>JSON that is handed out by these types is read-only by contract: it may be shared between
 * subscribers and must not be changed. JSON that is taken in is copied.
 */
@NullMarked
package io.github.qmpreactive.message;

import org.jspecify.annotations.NullMarked;
