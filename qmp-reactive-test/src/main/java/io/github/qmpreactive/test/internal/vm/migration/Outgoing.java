package io.github.qmpreactive.test.internal.vm.migration;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.internal.vm.machine.Pace;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The source of migrations, one at a time. Lives on the fakes' event loop. */
final class Outgoing {

    /** What a pc has beside its memory. */
    private static final long FIRMWARE = 532_480;

    private static final String PRE_SWITCHOVER = "pre-switchover";
    private static final String LOST = "Unable to write to socket: Broken pipe";
    private static final String BROKEN_OFF = "load of migration failed: Invalid argument";
    private static final Set<String> ENDS = Set.of("", "completed", "failed", "cancelled");
    private static final Set<String> COUNTED = Set.of("active", PRE_SWITCHOVER, "device", "cancelling", "completed");

    private final VmSettings settings;
    private final Machine machine;
    private final MigrationSettings options;
    private final Consumer<String> emit;
    private final IntConsumer emitPass;
    private final boolean isFrom10;
    private final boolean isFrom11;
    private final Pace pace = new Pace();
    private String status = "";
    private String error = "";

    /** Steps of a migration that has ended are left out. */
    private int number;

    private @Nullable Address destination;
    private @Nullable Incoming peer;
    private @Nullable Figures figures;

    /**
     * None yet.
     *
     * @param emit sends a status
     * @param emitPass sends the number of a pass
     */
    Outgoing(
            VmSettings settings,
            Machine machine,
            MigrationSettings options,
            Consumer<String> emit,
            IntConsumer emitPass) {
        this.settings = settings;
        this.machine = machine;
        this.options = options;
        this.emit = emit;
        this.emitPass = emitPass;
        this.isFrom10 = settings.profile.version().isAtLeast(10, 0);
        this.isFrom11 = settings.profile.version().isAtLeast(11, 0);
        machine.onEnd(() -> {
            if (isUnderWay()) {
                enter("cancelling");
            }
        });
        machine.onGone(() -> {
            pace.halt();
            breakOff();
        });
    }

    boolean isUnderWay() {
        return !ENDS.contains(status);
    }

    /** Refuses what QEMU does not do during a migration. */
    void requireNone() {
        if (isUnderWay()) {
            throw QmpRefusal.generic("There's a migration process in progress");
        }
    }

    /** {@code migrate}. */
    void start(JsonNode arguments) {
        Address known = isFrom10 ? Address.of(arguments, true) : null;
        if (arguments.path("resume").asBoolean(false)) {
            throw QmpRefusal.generic("Cannot resume if there is no paused migration");
        }
        requireNone();
        if (machine.state() == MachineState.INMIGRATE) {
            throw QmpRefusal.generic("Guest is waiting for an incoming migration");
        }
        if (machine.state() == MachineState.POSTMIGRATE) {
            throw QmpRefusal.generic("Can't migrate the vm that was paused due to previous migration");
        }
        number++;
        error = "";
        figures = null;
        pace.set(0);
        enter("setup");
        Address target = known != null ? known : parse(arguments);
        destination = target;
        peer = target.isSocket() ? Incoming.at(target) : null;
        figures = new Figures(total());
        later(this::begin);
        // From now on, so that a test may advance its clock when the command has come.
        move();
    }

    /** QEMU 7.2 has begun by then. */
    private Address parse(JsonNode arguments) {
        try {
            return Address.of(arguments, false);
        } catch (QmpRefusal e) {
            boolean unknown = e.description().startsWith("unknown migration protocol");
            fail(unknown ? "" : e.description());
            throw unknown ? QmpRefusal.generic("Parameter 'uri' expects a valid migration protocol") : e;
        }
    }

    private void begin() {
        Address target = Objects.requireNonNull(destination);
        if (peer != null && Incoming.at(target) == peer) {
            peer.accept(() -> later(this::onPeerGone));
        } else if (target.isSocket()) {
            fail(target.missing());
            return;
        }
        if (!isFrom11) {
            emitPass.accept(1);
        }
        enter("active");
    }

    /** Goes on as fast as it may. */
    void move() {
        if (status.equals("setup") || status.equals("active")) {
            pace.halt();
            pace.moveTo(goal(), duration(), FakeLoop::later, this::arrive);
        }
    }

    private double goal() {
        JobPlan.Failure own = ownFailure();
        JobPlan.Failure other = peerFailure();
        return Math.min(own == null ? 1 : own.fraction(), other == null ? 1 : other.fraction());
    }

    private JobPlan.@Nullable Failure ownFailure() {
        return settings.migration.firstFailure();
    }

    private JobPlan.@Nullable Failure peerFailure() {
        return peer == null ? null : peer.failure();
    }

    private @Nullable Duration duration() {
        Duration told = settings.migration.duration();
        if (told == null || options.bandwidth() == 0) {
            return told;
        }
        Duration least = Duration.ofMillis(total() * 1000 / options.bandwidth());
        return told.compareTo(least) > 0 ? told : least;
    }

    private long total() {
        Long told = settings.migration.total();
        return told == null ? settings.memory + FIRMWARE : told;
    }

    private void arrive() {
        if (goal() < 1) {
            endAsPlanned();
            return;
        }
        Figures counted = Objects.requireNonNull(figures);
        emitPass.accept(counted.addPass());
        counted.stop();
        machine.leave();
        if (options.has("pause-before-switchover")) {
            enter(PRE_SWITCHOVER);
        } else {
            switchOver(isFrom10);
        }
    }

    /** {@code migrate-continue}. */
    void goOn(String expected) {
        if (!status.equals(expected)) {
            throw QmpRefusal.generic("Migration not in expected state: " + (status.isEmpty() ? "none" : status));
        }
        if (status.equals(PRE_SWITCHOVER)) {
            later(() -> switchOver(true));
        }
    }

    private void switchOver(boolean tells) {
        if (tells) {
            enter("device");
        }
        if (!isFrom11) {
            emitPass.accept(Objects.requireNonNull(figures).addPass());
        }
        endAsPlanned();
    }

    private void endAsPlanned() {
        JobPlan.Failure own = ownFailure();
        JobPlan.Failure other = peerFailure();
        boolean isAll = goal() == 1;
        if (own != null && (other == null || own.fraction() <= other.fraction())) {
            fail(own.reason());
        } else if (peer != null && !peer.isAlive()) {
            fail(LOST);
        } else if (peer == null || other == null) {
            complete(peer);
        } else if (isAll && !options.has("return-path")) {
            Incoming failing = peer;
            complete(null);
            failing.fail(other.reason());
        } else {
            peer.fail(other.reason());
            fail(isAll ? isFrom10 ? "Sibling indicated error 1" : "" : LOST);
        }
    }

    private void complete(@Nullable Incoming receiver) {
        number++;
        peer = null;
        Objects.requireNonNull(figures).complete();
        MachineState before = machine.leaveBehind();
        if (receiver != null) {
            receiver.complete(before);
        }
        enter("completed");
    }

    private void onPeerGone() {
        if (status.equals("active")) {
            fail(LOST);
        }
    }

    private void fail(String reason) {
        number++;
        pace.halt();
        error = reason;
        breakOff();
        if (isFrom11) {
            enter("failing");
            machine.stay();
            enter("failed");
        } else {
            enter("failed");
            machine.stay();
        }
    }

    /** {@code migrate_cancel}. */
    void cancel() {
        if (!isUnderWay() || status.equals("cancelling")) {
            return;
        }
        number++;
        pace.halt();
        error = !status.equals(PRE_SWITCHOVER) || !isFrom11 ? "" : "Switchover is interrupted";
        enter("cancelling");
        later(() -> {
            breakOff();
            machine.stay();
            enter("cancelled");
        });
    }

    private void breakOff() {
        Incoming other = peer;
        peer = null;
        if (other != null) {
            other.fail(BROKEN_OFF);
        }
    }

    private void enter(String next) {
        status = next;
        machine.setMigrating(isUnderWay());
        emit.accept(next);
    }

    private void later(Runnable step) {
        int current = number;
        FakeLoop.later(() -> {
            if (current == number && machine.isAlive()) {
                step.run();
            }
        });
    }

    /** The reply to {@code query-migrate}. */
    ObjectNode query() {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        if (status.isEmpty()) {
            return info;
        }
        info.put("status", status);
        if (!error.isEmpty()) {
            info.put("error-desc", error);
        }
        if (figures != null && COUNTED.contains(status)) {
            figures.addTo(info, pace.done(), options.downtimeLimit());
            if (!isFrom11 || status.equals("completed")) {
                info.remove("remaining");
            }
            if (isFrom10) {
                info.withObject("ram").remove("skipped");
            }
        }
        return info;
    }
}
