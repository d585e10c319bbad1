package io.github.qmpreactive.internal.operation;

import java.time.Instant;
import java.util.Optional;

/** Events are missed: since when, and why. */
public record Missed(Instant since, Optional<Throwable> cause) {}
