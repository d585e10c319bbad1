package io.github.qmpreactive.internal.session;

import io.github.qmpreactive.option.HandshakeMode;
import io.github.qmpreactive.option.OobMode;
import java.time.Duration;

/** What the tests open sessions with. */
final class Settings {

    /** One command in flight, and one that waits. */
    static final SessionSettings ONE_PLACE = new SessionSettings(
            "vm",
            Origin.DIALLED,
            HandshakeMode.FULL,
            Duration.ofSeconds(1),
            null,
            null,
            null,
            OobMode.AUTO,
            1024,
            1,
            1,
            1024);

    private Settings() {}
}
