package io.github.qmpreactive.test.internal.vm.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a test says of how a guest reacts to requests.
 *
 * @param powerdown how long it takes to shut down when the power button is pressed; null if it takes no notice
 * @param release how long it takes to release a device, or to refuse that; null if it takes no notice
 * @param refusesUnplug whether it refuses
 */
public record GuestPlan(
        @Nullable Duration powerdown, @Nullable Duration release, boolean refusesUnplug) {

    public static final GuestPlan DEFAULT = new GuestPlan(Duration.ZERO, Duration.ZERO, false);
}
