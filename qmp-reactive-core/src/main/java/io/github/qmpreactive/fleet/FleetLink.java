package io.github.qmpreactive.fleet;

import io.github.qmpreactive.supervise.Link;
import java.util.Optional;

/**
 * How a machine is connected.
 *
 * @param machine the name of the machine
 * @param link the link; empty if the machine was removed from the fleet
 */
public record FleetLink(String machine, Optional<Link> link) {}
