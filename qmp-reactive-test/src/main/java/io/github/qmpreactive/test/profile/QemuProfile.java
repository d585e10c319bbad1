package io.github.qmpreactive.test.profile;

import io.github.qmpreactive.message.QemuVersion;
import io.github.qmpreactive.test.internal.profile.ProfileFiles;
import io.github.qmpreactive.test.schema.SchemaCheck;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What a version of QEMU is like: its schemas, its device drivers and its traits. A fake stands for the QEMU of its profile
 * ({@code FakeQmpServer.withProfile}, {@code FakeVm.withProfile}). Immutable, safe for use by several threads.
 *
 * <ul>
 *   <li>Profiles of QEMU 7.2, 10.0 and 11.1 come with the kit, from {@code qemu-system-x86_64} as Debian builds it.
 *   <li>{@link #read} takes that of another QEMU from a folder.
 *   <li>A profile is of a minor version: 10.0.2 and 10.0.13 share one.
 * </ul>
 *
 * <pre>{@code
 * FakeVm vm = FakeVm.create().withProfile(QemuProfile.of("10.0"));
 * }</pre>
 */
public final class QemuProfile {

    private static final Logger LOG = Loggers.getLogger(QemuProfile.class);
    private static final Map<String, QemuProfile> SHIPPED = new ConcurrentHashMap<>();

    private final QemuVersion version;
    private final Content content;

    private QemuProfile(QemuVersion version, Content content) {
        this.version = version;
        this.content = content;
    }

    /** What profiles of one minor version share. */
    private static final class Content {

        final ProfileFiles files;
        final QemuTraits traits;
        final Map<String, DeviceDriver> drivers = new TreeMap<>();
        final Map<String, String> aliases = new TreeMap<>();
        final Map<String, Map<String, DeviceProperty>> properties = new HashMap<>();
        final Supplier<SchemaCheck> schema;
        final Supplier<Optional<SchemaCheck>> storageDaemonSchema;

        Content(ProfileFiles files, Supplier<SchemaCheck> schema, Supplier<Optional<SchemaCheck>> storageDaemonSchema) {
            this.files = files;
            this.traits = QemuTraits.parse(files.lines(ProfileFiles.TRAITS));
            this.schema = schema;
            this.storageDaemonSchema = storageDaemonSchema;
            files.rows(ProfileFiles.DRIVERS).forEach(this::addDriver);
            Map<String, PropertyKind> kinds = new HashMap<>();
            files.rows(ProfileFiles.PROPERTIES).forEach(row -> addProperties(row, kinds));
        }

        private void addDriver(List<String> row) {
            if (row.get(1).equals("alias")) {
                aliases.put(row.get(0), row.get(2));
            } else {
                drivers.put(row.get(0), DeviceDriver.parse(row));
            }
        }

        /** Of a driver; or a kind, of which those that follow are. */
        private void addProperties(List<String> row, Map<String, PropertyKind> kinds) {
            String name = row.get(1);
            List<String> columns = row.subList(2, row.size());
            if (row.get(0).equals("kind")) {
                kinds.put(name, PropertyKind.parse(columns));
            } else {
                properties.put(
                        name,
                        columns.stream()
                                .map(column -> DeviceProperty.parse(column, name, kinds))
                                .collect(Collectors.toUnmodifiableMap(DeviceProperty::name, property -> property)));
            }
        }
    }

    /** {@return the versions whose profiles come with the kit, the oldest first: {@code ["7.2", "10.0", "11.1"]}} */
    public static List<String> shipped() {
        return ProfileFiles.SHIPPED;
    }

    /** {@return the profile of the newest version in {@link #shipped()}, which fakes have by default} */
    public static QemuProfile newest() {
        return shipped(ProfileFiles.NEWEST);
    }

    /**
     * Returns a profile that comes with the kit.
     *
     * @param version one of {@link #shipped()}
     * @return the profile
     * @throws IllegalArgumentException if the kit has none of this version; lists those it has
     */
    public static QemuProfile of(String version) {
        if (!shipped().contains(version)) {
            throw unknown(version);
        }
        return shipped(version);
    }

    /**
     * Returns the profile of the minor version that a version belongs to.
     *
     * @param version the version that {@link #version()} of the profile returns, and fakes of the profile greet with
     * @return the profile
     * @throws IllegalArgumentException if the kit has none of this minor version; lists those it has
     */
    public static QemuProfile of(QemuVersion version) {
        return find(version).orElseThrow(() -> unknown(minor(version)));
    }

    /**
     * Returns the profile of the minor version that a version belongs to, if the kit has one.
     *
     * @param version the version that {@link #version()} of the profile returns
     * @return the profile; empty if the kit has none of this minor version
     */
    public static Optional<QemuProfile> find(QemuVersion version) {
        return Optional.of(minor(version))
                .filter(shipped()::contains)
                .map(minor -> new QemuProfile(version, shipped(minor).content));
    }

    /**
     * Returns the profile that comes nearest to a version: that of its minor version, or else of the newest one before it, or
     * else of the oldest. Logs a warning if it is of another minor version, since QEMU of that version may behave otherwise.
     *
     * @param version the version that {@link #version()} of the profile returns, and fakes of the profile greet with
     * @return the profile
     */
    public static QemuProfile nearest(QemuVersion version) {
        String nearest = shipped().stream()
                .map(QemuProfile::shipped)
                .filter(profile -> version.isAtLeast(profile.version.major(), profile.version.minor()))
                .max(Comparator.comparing(profile -> profile.version))
                .map(profile -> minor(profile.version))
                .orElse(shipped().get(0));
        if (!nearest.equals(minor(version))) {
            LOG.warn("Using the profile of QEMU {} for QEMU {}, of which there is none", nearest, version);
        }
        return new QemuProfile(version, shipped(nearest).content);
    }

    /**
     * Reads a profile from a folder; blocks. The kit's guide says how the profile of another QEMU is written into one.
     *
     * @param folder the folder
     * @return the profile
     * @throws IllegalArgumentException if a file is wrong; says which and why
     * @throws UncheckedIOException if a file is missing or cannot be read
     */
    public static QemuProfile read(Path folder) {
        ProfileFiles files = ProfileFiles.in(folder);
        List<String> hidden = files.lines(ProfileFiles.HIDDEN_TYPES);
        SchemaCheck schema = SchemaCheck.parse(files.read(ProfileFiles.SCHEMA), hidden);
        Optional<SchemaCheck> daemon =
                files.find(ProfileFiles.STORAGE_DAEMON_SCHEMA).map(content -> SchemaCheck.parse(content, hidden));
        return of(new Content(files, () -> schema, () -> daemon));
    }

    /** {@return the version that fakes of this profile greet with} */
    public QemuVersion version() {
        return version;
    }

    /** {@return a check by the schema of {@code qemu-system-x86_64}; its {@code schema()} is the schema itself} */
    public SchemaCheck schemaCheck() {
        return content.schema.get();
    }

    /**
     * {@return a check by the schema of {@code qemu-storage-daemon}; empty if the profile was made where there was no storage
     * daemon}
     */
    public Optional<SchemaCheck> storageDaemonSchemaCheck() {
        return content.storageDaemonSchema.get();
    }

    /** {@return what changed between versions and no schema tells} */
    public QemuTraits traits() {
        return content.traits;
    }

    /** {@return the device drivers, by name} */
    public Collection<DeviceDriver> drivers() {
        return Collections.unmodifiableCollection(content.drivers.values());
    }

    /** {@return the names of drivers by their aliases: {@code "virtio-blk"} is an alias of {@code "virtio-blk-pci"}} */
    public Map<String, String> driverAliases() {
        return Collections.unmodifiableMap(content.aliases);
    }

    /**
     * Returns a device driver.
     *
     * @param nameOrAlias its name, or one of {@link #driverAliases()}
     * @return the driver; empty if there is none
     */
    public Optional<DeviceDriver> driver(String nameOrAlias) {
        return Optional.ofNullable(content.drivers.get(content.aliases.getOrDefault(nameOrAlias, nameOrAlias)));
    }

    /**
     * Returns the properties of a driver's devices.
     *
     * @param driver the driver
     * @return the properties by name; empty if they are not known, as of drivers whose devices cannot be added
     */
    public Map<String, DeviceProperty> properties(DeviceDriver driver) {
        return content.properties.getOrDefault(driver.name(), Map.of());
    }

    /**
     * Returns the buses that a machine has by itself.
     *
     * @param machine {@code "pc"} or {@code "q35"}
     * @return the buses with {@code -usb}, in the order in which QEMU looks for one; empty for any other machine
     */
    public List<DeviceBus> buses(String machine) {
        return content.files.rows(ProfileFiles.BUSES).stream()
                .filter(columns -> columns.get(0).equals(machine))
                .map(columns -> DeviceBus.parse(columns.subList(1, columns.size())))
                .toList();
    }

    /** For people: the version. */
    @Override
    public String toString() {
        return "profile of QEMU " + version;
    }

    private static QemuProfile shipped(String minor) {
        return SHIPPED.computeIfAbsent(
                minor,
                known -> of(new Content(
                        ProfileFiles.shipped(known),
                        () -> SchemaCheck.qemu(known),
                        () -> Optional.of(SchemaCheck.storageDaemon(known)))));
    }

    private static QemuProfile of(Content content) {
        return new QemuProfile(content.traits.version(), content);
    }

    private static String minor(QemuVersion version) {
        return version.major() + "." + version.minor();
    }

    private static IllegalArgumentException unknown(String version) {
        return new IllegalArgumentException("There is no profile of QEMU " + version + ", only of "
                + String.join(", ", shipped())
                + ": take one of these, the nearest (QemuProfile.nearest), or one from a folder (QemuProfile.read)");
    }
}
