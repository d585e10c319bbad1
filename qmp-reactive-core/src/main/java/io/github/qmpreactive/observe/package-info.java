/**
 * What a client tells of its sessions and commands while they run: {@link io.github.qmpreactive.observe.QmpObserver} needs
 * no other library; {@link io.github.qmpreactive.observe.MicrometerObserver} and {@link
 * io.github.qmpreactive.observe.MicrometerMeters} hand it on to Micrometer, as spans, timers, gauges and counters.
 */
@NullMarked
package io.github.qmpreactive.observe;

import org.jspecify.annotations.NullMarked;
