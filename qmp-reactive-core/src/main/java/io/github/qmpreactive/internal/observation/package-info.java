/** Tells the observer of a client what its sessions do, and keeps what it throws from them. */
@NullMarked
package io.github.qmpreactive.internal.observation;

import org.jspecify.annotations.NullMarked;
