/**
 * The console, which {@code mvn -q -Pconsole} runs: a page where people look at live virtual machines and act on them.
 *
 * <p>A browser has one stream ({@code StreamController}) and sends commands ({@code CommandController}). What all browsers share is
 * in {@code Vm}, one for each machine of the fleet.
 */
@NullMarked
package io.github.qmpreactive.console;

import org.jspecify.annotations.NullMarked;
