/**
 * Sessions that come back: a {@link io.github.qmpreactive.supervise.QmpSupervisor} keeps one session with a monitor, a {@link
 * io.github.qmpreactive.supervise.QgaSupervisor} one with an agent. Built on what a {@link
 * io.github.qmpreactive.QmpSession} offers to every application, and of the client's internals on {@code internal.operation} alone,
 * which has timers, callbacks in turn, the guard of subscribers and the share of the log. So it is also an example of how a session
 * is used.
 *
 * <p>Code that keeps many sessions builds on {@code QmpSupervisor.of(name, connect, options)}: its {@code Mono} is subscribed
 * to for each attempt, so whatever is put around {@code connect()} bounds how many connect at a time.
 */
@NullMarked
package io.github.qmpreactive.supervise;

import org.jspecify.annotations.NullMarked;
