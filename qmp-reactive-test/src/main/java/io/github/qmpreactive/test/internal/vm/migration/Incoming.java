package io.github.qmpreactive.test.internal.vm.migration;

import io.github.qmpreactive.test.internal.vm.machine.JobPlan;
import io.github.qmpreactive.test.internal.vm.machine.Machine;
import io.github.qmpreactive.test.internal.vm.machine.MachineState;
import io.github.qmpreactive.test.internal.vm.machine.QmpRefusal;
import io.github.qmpreactive.test.internal.vm.machine.VmSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The destination of a migration. Lives on the fakes' event loop. */
final class Incoming {

    /** The machines of this process that listen, by address. */
    private static final Map<String, Incoming> LISTENING = new HashMap<>();

    private static int nextPort = 49_152;

    private final VmSettings settings;
    private final Machine machine;
    private final Consumer<String> emit;
    private final Runnable emitFirst;
    private final boolean hasChannels;
    private String status = "";
    private String error = "";
    private boolean isExpected;
    private boolean exits = true;
    private @Nullable Address address;
    private @Nullable Runnable onLost;

    /**
     * Of a machine that waits for a guest, or of another.
     *
     * @param emit sends a status
     * @param emitFirst sends {@code setup}
     */
    Incoming(VmSettings settings, Machine machine, Consumer<String> emit, Runnable emitFirst) {
        this.settings = settings;
        this.machine = machine;
        this.emit = emit;
        this.emitFirst = emitFirst;
        this.isExpected = settings.incoming;
        this.hasChannels = settings.profile.version().isAtLeast(10, 0);
        machine.onGone(this::onGone);
    }

    /** The machine that listens at an address. */
    static @Nullable Incoming at(Address address) {
        return LISTENING.get(address.key());
    }

    /** {@code migrate-incoming}. */
    void listen(JsonNode arguments) {
        if (!isExpected) {
            throw QmpRefusal.generic(
                    settings.incoming
                            ? "The incoming migration has already been started"
                            : "'-incoming' was not specified on the command line");
        }
        if (!hasChannels) {
            emitFirst.run();
        }
        Address given = Address.of(arguments, hasChannels);
        if (!given.isSocket()) {
            throw QmpRefusal.generic("FakeVm has no guest from " + given.key() + ": stub migrate-incoming");
        }
        if (hasChannels) {
            emitFirst.run();
        }
        isExpected = false;
        exits = arguments.path("exit-on-error").asBoolean(true);
        address = given.name().equals("0") ? new Address("tcp", given.host(), "" + nextPort++) : given;
        LISTENING.put(address.key(), this);
        status = "setup";
    }

    /** A source has connected. */
    void accept(Runnable whenLost) {
        close();
        onLost = whenLost;
        enter("active");
    }

    /** Why it cannot load the guest; null if it can. */
    JobPlan.@Nullable Failure failure() {
        return settings.migration.firstFailure();
    }

    boolean isAlive() {
        return machine.isAlive();
    }

    /** All of the guest has come. */
    void complete(MachineState before) {
        machine.arrive(before);
        onLost = null;
        enter("completed");
    }

    /** The source is gone, or the guest cannot be loaded. */
    void fail(String reason) {
        if (!machine.isAlive() || !status.equals("active")) {
            return;
        }
        onLost = null;
        error = reason;
        enter("failed");
        if (exits) {
            machine.fail();
        }
    }

    private void onGone() {
        close();
        Runnable task = onLost;
        onLost = null;
        if (task != null) {
            task.run();
        }
    }

    private void close() {
        if (address != null) {
            LISTENING.remove(address.key(), this);
        }
    }

    private void enter(String next) {
        status = next;
        emit.accept(next);
    }

    /** The reply to {@code query-migrate}. */
    ObjectNode query() {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        if (!status.isEmpty() && (hasChannels || !status.equals("setup"))) {
            info.put("status", status);
        }
        if (!error.isEmpty()) {
            info.put("error-desc", error);
        }
        if (address != null && (status.equals("setup") || status.equals("active"))) {
            info.putArray("socket-address").add(address.socketAddress());
        }
        return info;
    }
}
