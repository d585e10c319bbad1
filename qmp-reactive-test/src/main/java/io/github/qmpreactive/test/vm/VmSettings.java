package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a machine was told before it was started. Never changed after it was handed on. */
final class VmSettings {

    String name = "";
    UUID uuid = new UUID(0, 0);
    QemuProfile profile = QemuProfile.newest();
    int cpus = 1;
    long memory = 128L << 20;
    RunState state = RunState.RUNNING;
    Actions actions = Actions.DEFAULT;
    Map<String, DeviceDriver> devices = Map.of();
    int monitors = 1;
    UnaryOperator<FakeQmpServer> server = UnaryOperator.identity();

    /** How long the guest takes to shut down when the power button is pressed; null if it takes no notice. */
    @Nullable
    Duration powerdown = Duration.ZERO;

    /** How long the guest takes to let go of a device; null if it never does. */
    @Nullable
    Duration release = Duration.ZERO;

    VmSettings changed(Consumer<VmSettings> change) {
        VmSettings copy = new VmSettings();
        copy.name = name;
        copy.uuid = uuid;
        copy.profile = profile;
        copy.cpus = cpus;
        copy.memory = memory;
        copy.state = state;
        copy.actions = actions;
        copy.devices = devices;
        copy.monitors = monitors;
        copy.server = server;
        copy.powerdown = powerdown;
        copy.release = release;
        change.accept(copy);
        return copy;
    }

    void add(String id, DeviceDriver driver) {
        Map<String, DeviceDriver> more = new LinkedHashMap<>(devices);
        more.put(id, driver);
        devices = Collections.unmodifiableMap(more);
    }

    Identity identity() {
        return new Identity(name, uuid, profile, cpus, memory);
    }
}
