package io.github.qmpreactive.test.vm;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a machine was told before it was started. Never changed after it was handed on. */
final class VmSettings implements Cloneable {

    String name = "";
    UUID uuid = new UUID(0, 0);
    QemuProfile profile = QemuProfile.newest();
    int cpus = 1;
    long memory = 128L << 20;
    RunState state = RunState.RUNNING;
    Actions actions = Actions.DEFAULT;
    String machine = "pc";
    Map<String, DeviceDriver> devices = Map.of();
    Map<String, DeviceDriver> drivers = Map.of();
    Map<String, String> backends = Map.of();
    int monitors = 1;
    UnaryOperator<FakeQmpServer> server = UnaryOperator.identity();

    /** How long the guest takes to shut down when the power button is pressed; null if it takes no notice. */
    @Nullable
    Duration powerdown = Duration.ZERO;

    /** How long the guest takes to let go of a device; null if it never does. */
    @Nullable
    Duration release = Duration.ZERO;

    /** Whether it says no then. */
    boolean refusesUnplug;

    VmSettings changed(Consumer<VmSettings> change) {
        VmSettings copy = clone();
        change.accept(copy);
        return copy;
    }

    @Override
    protected VmSettings clone() {
        try {
            return (VmSettings) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    void add(String id, DeviceDriver driver) {
        devices = with(devices, id, driver);
    }

    void addBackend(String kind, String id, String type) {
        String key = Backends.key(kind, id);
        checkNewId(kind, id, backends.containsKey(key));
        backends = with(backends, key, type);
    }

    static void checkNewId(String what, String id, boolean isTaken) {
        if (!Devices.isId(id)) {
            throw new IllegalArgumentException("'" + id + "' is no id: a letter, then letters, digits, '.', '_', '-'");
        }
        if (isTaken) {
            throw new IllegalArgumentException("There is a " + what + " '" + id + "' already");
        }
    }

    void releases(Duration delay, boolean refuses) {
        release = delay;
        refusesUnplug = refuses;
    }

    Optional<DeviceDriver> driver(String name) {
        return Optional.ofNullable(drivers.get(name)).or(() -> profile.driver(name));
    }

    static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
        Map<String, T> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return Collections.unmodifiableMap(more);
    }

    Identity identity() {
        return new Identity(name, uuid, profile, cpus, memory);
    }
}
