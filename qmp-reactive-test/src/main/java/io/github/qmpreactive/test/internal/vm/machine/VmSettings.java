package io.github.qmpreactive.test.internal.vm.machine;

import io.github.qmpreactive.test.FakeQmpServer;
import io.github.qmpreactive.test.internal.check.Checks;
import io.github.qmpreactive.test.profile.DeviceDriver;
import io.github.qmpreactive.test.profile.QemuProfile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What a machine was told before it was started. Never changed after it was handed on. Methods refuse with an
 * IllegalArgumentException what {@code FakeVm} says.
 */
public final class VmSettings implements Cloneable {

    private static final Pattern ID = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    private static final Set<String> KINDS = Set.of("blockdev", "netdev", "chardev", "audiodev");

    public static final String DIMM = "DIMM";
    public static final String CPU = "CPU";

    public String name = "";
    public UUID uuid = new UUID(0, 0);
    public QemuProfile profile = QemuProfile.newest();
    public int cpus = 1;
    public long memory = 128L << 20;

    /** How many processors and how much memory it can have, and in how many slots. */
    public int maxCpus = 1;

    public long maxMemory;
    public int memorySlots;

    public MachineState state = MachineState.RUNNING;
    Actions actions = Actions.DEFAULT;
    public String machine = "pc";
    public Map<String, DeviceDriver> devices = Map.of();
    private Map<String, DeviceDriver> drivers = Map.of();
    public Map<String, String> backends = Map.of();
    public Map<String, Long> nodes = Map.of();
    private Map<String, JobPlan> plans = Map.of();
    public JobPlan plan = JobPlan.DEFAULT;

    /** How the guest goes to another machine, or comes from there. */
    public JobPlan migration = JobPlan.DEFAULT;

    public GuestPlan guest = GuestPlan.DEFAULT;
    public boolean incoming;
    public int monitors = 1;
    public UnaryOperator<FakeQmpServer> server = UnaryOperator.identity();

    /** QEMU's word for the kind of slot that devices of a driver are in and that ACPI tells of; empty for what is on a bus. */
    public static String slotTypeOf(DeviceDriver driver) {
        return driver.name().equals("pc-dimm") ? DIMM : driver.name().endsWith("-x86_64-cpu") ? CPU : "";
    }

    /** Whether QEMU takes it for the id of anything. */
    public static boolean isId(String id) {
        return ID.matcher(id).matches();
    }

    /** By what a backend is known: ids of several kinds may be the same. */
    public static String key(String kind, String id) {
        return kind + " " + id;
    }

    /** A copy with a change. */
    public VmSettings changed(Consumer<VmSettings> change) {
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

    /** Sets the profile, whose drivers the devices have from now on. */
    public void setProfile(QemuProfile newProfile) {
        profile = newProfile;
        Map<String, DeviceDriver> earlier = devices;
        devices = Map.of();
        earlier.forEach((id, driver) -> addDevice(id, driver.name()));
    }

    /** Sets how many processors it has, and can have. */
    public void setCpus(int count, int most) {
        checkRange("maxcpus", most, 255);
        checkRange("-smp", count, most);
        cpus = count;
        maxCpus = most;
    }

    /** Sets how much memory it has. */
    public void setMemory(long bytes) {
        if (bytes <= 0 || bytes % 8192 != 0) {
            throw new IllegalArgumentException(
                    "Memory is a positive multiple of 8192 bytes, not " + bytes + ": 64L << 20 are 64 MiB");
        }
        memory = bytes;
    }

    /** Sets how much memory it has, and can have in modules. */
    public void setMemory(long bytes, int slots, long most) {
        setMemory(bytes);
        checkRange("slots", slots, 256);
        if (most <= bytes) {
            throw new IllegalArgumentException("maxmem=" + most + " leaves no room beyond the " + bytes + " of -m");
        }
        memorySlots = slots;
        maxMemory = most;
    }

    /** Sets the type of machine. */
    public void setMachine(String type) {
        if (profile.buses(type).isEmpty()) {
            throw new IllegalArgumentException("FakeVm is a pc or a q35, not a '" + type + "'");
        }
        machine = type;
    }

    /** Sets how many monitors it has. */
    public void setMonitors(int count) {
        checkRange("Monitors", count, 100);
        monitors = count;
    }

    private static void checkRange(String what, int count, int most) {
        if (count < 1 || count > most) {
            throw new IllegalArgumentException(what + ": from 1 to " + most + ", not " + count);
        }
    }

    /** Sets what is done when something happens in the guest. */
    public void setAction(String event, String action) {
        actions = actions.with(event, action);
    }

    /** Adds a device. */
    public void addDevice(String id, String driver) {
        checkNewId("device", id, devices.containsKey(id));
        DeviceDriver model = driver(driver)
                .orElseThrow(() -> new IllegalArgumentException("QEMU " + profile.version() + " has no driver '"
                        + driver + "': see qemu-system-x86_64 -device help, or withDriver"));
        String slotType = slotTypeOf(model);
        if (!slotType.isEmpty()) {
            throw new IllegalArgumentException("A " + driver + " is not declared by withDevice: "
                    + (slotType.equals(CPU) ? "withCpus(count, most)" : "withMemory(bytes, slots, most)")
                    + " gives the machine slots, and device_add adds one while it runs");
        }
        devices = with(devices, id, model);
    }

    /** Adds a driver that the profile has not. */
    public void addDriver(DeviceDriver driver) {
        drivers = with(drivers, driver.name(), driver);
    }

    /** Adds a backend. */
    public void addBackend(String kind, String id) {
        if (!KINDS.contains(kind)) {
            throw new IllegalArgumentException("A backend is one of " + KINDS + ", not '" + kind + "'");
        }
        add(kind, id, "");
    }

    /** Adds a block node of a known size. */
    public void addNode(String name, long bytes) {
        addBackend("blockdev", name);
        Checks.notNegative(bytes, "bytes");
        nodes = with(nodes, name, bytes);
    }

    /** Sets what becomes of the job with an id. */
    public void addPlan(String id, JobPlan plan) {
        checkNewId("job", id, false);
        plans = with(plans, id, plan);
    }

    /** What becomes of a job with an id. */
    public JobPlan planOf(String job) {
        return plans.getOrDefault(job, plan);
    }

    /** Adds an object. */
    public void addObject(String id, String type) {
        add("object", id, type);
    }

    private void add(String kind, String id, String type) {
        String key = key(kind, id);
        checkNewId(kind, id, backends.containsKey(key));
        backends = with(backends, key, type);
    }

    private static void checkNewId(String what, String id, boolean isTaken) {
        if (!isId(id)) {
            throw new IllegalArgumentException("'" + id + "' is no id: a letter, then letters, digits, '.', '_', '-'");
        }
        if (isTaken) {
            throw new IllegalArgumentException("There is a " + what + " '" + id + "' already");
        }
    }

    /** The driver of a name, if there is one. */
    public Optional<DeviceDriver> driver(String name) {
        return Optional.ofNullable(drivers.get(name)).or(() -> profile.driver(name));
    }

    private static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
        Map<String, T> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return Collections.unmodifiableMap(more);
    }
}
