package io.github.qmpreactive.fleet;

import io.github.qmpreactive.supervise.SupervisedEvent;

/**
 * An event of a machine, or that events of it may be missing.
 *
 * @param machine the name of the machine
 * @param event the event, or the gap
 */
public record FleetEvent(String machine, SupervisedEvent event) {}
