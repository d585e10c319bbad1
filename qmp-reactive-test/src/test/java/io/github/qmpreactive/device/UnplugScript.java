package io.github.qmpreactive.device;

import io.github.qmpreactive.QmpClient;
import io.github.qmpreactive.QmpSession;
import io.github.qmpreactive.message.QmpCommand;
import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.Patience;
import io.github.qmpreactive.test.QmpScript;
import io.github.qmpreactive.test.RunningFakeQmpServer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import reactor.test.StepVerifier;

/** A conversation about the device {@code r}, as QEMU has it. */
record UnplugScript(QmpScript script) {

    /** Longer than any test: what ends, ends for another reason. */
    static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    static final UnplugOptions QUIET = UnplugOptions.defaults().interval(NEVER).limit(NEVER);

    static final QmpCommand DEVICE_DEL = QmpCommand.of("device_del").arguments(Map.of("id", "r"));

    static final String PATH = "/machine/peripheral/r";

    /** What QEMU sends when it is gone. */
    static final String GONE = "{\"device\": \"r\", \"path\": \"" + PATH + "\"}";

    static final String PART = "{\"path\": \"" + PATH + "/virtio-backend\"}";

    static final String LISTED =
            "[{\"name\": \"type\", \"type\": \"string\"}," + " {\"name\": \"r\", \"type\": \"child<virtio-rng-pci>\"}]";

    static final String NOT_LISTED = "[{\"name\": \"type\", \"type\": \"string\"}]";

    static final String IN_PROCESS = "Device r is already in the process of unplug";

    static {
        StepVerifier.setDefaultTimeout(Patience.PATIENCE);
    }

    /** The client listens, by a query whose reply does not count, and asks for the removal. */
    static UnplugScript asked() {
        return new UnplugScript(QmpScript.create()).lists(NOT_LISTED).asksAgain();
    }

    UnplugScript asksAgain() {
        return new UnplugScript(script.expect(DEVICE_DEL));
    }

    UnplugScript lists(String children) {
        return new UnplugScript(
                script.expect(QmpCommand.of("qom-list").arguments(Map.of("path", "/machine/peripheral")))
                        .reply(children));
    }

    UnplugScript accepted() {
        return new UnplugScript(script.reply("{}"));
    }

    UnplugScript refused(String description) {
        return new UnplugScript(script.error("GenericError", description));
    }

    UnplugScript notFound() {
        return new UnplugScript(script.error("DeviceNotFound", "Device 'r' not found"));
    }

    UnplugScript deleted(String data) {
        return event("DEVICE_DELETED", data);
    }

    UnplugScript event(String name, String data) {
        return new UnplugScript(script.emit(name, data));
    }

    UnplugScript closed() {
        return new UnplugScript(script.close());
    }

    RunningFakeQmpServer start() {
        return FakeQmpServer.create().script(script).startUnix();
    }

    static QmpSession connect(RunningFakeQmpServer qemu) {
        return connect(QmpClient.create().address(qemu.address()).name("vm"));
    }

    static QmpSession connect(QmpClient client) {
        return Objects.requireNonNull(client.connect().block(Patience.PATIENCE));
    }

    static QmpDevices devices(RunningFakeQmpServer qemu) {
        return QmpDevices.of(connect(qemu));
    }
}
