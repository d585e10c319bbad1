package io.github.qmpreactive.test.internal.vm;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import io.github.qmpreactive.test.profile.QemuTraits;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The run states of a machine and the events of their changes, as in QEMU's {@code runstate.c}. All that changes it is
 * called on the fakes' event loop; what it says may be read anywhere.
 */
public final class Machine {

    private final Monitors monitors;
    private final List<MachineListener> listeners = new ArrayList<>();
    private Actions actions;
    private final QemuTraits traits;
    private volatile MachineState state;
    /** Whether the guest sleeps while the machine is stopped. */
    private boolean asleep;

    private volatile boolean alive = true;

    Machine(Monitors monitors, QemuTraits traits, Actions actions, MachineState state) {
        this.traits = traits;
        this.monitors = monitors;
        this.actions = actions;
        this.state = state;
    }

    void add(MachineListener listener) {
        listeners.add(listener);
    }

    public MachineState state() {
        return state;
    }

    public boolean isAlive() {
        return alive;
    }

    public boolean isRunning() {
        return alive && state == MachineState.RUNNING;
    }

    void setAction(String event, String action) {
        actions = actions.with(event, action);
    }

    void stop() {
        if (state == MachineState.SUSPENDED && traits.stopsWhenSuspended()) {
            asleep = true;
            state = MachineState.PAUSED;
            monitors.emit("STOP");
        }
        pause(MachineState.PAUSED);
    }

    void cont() {
        if (state == MachineState.SHUTDOWN) {
            throw QmpRefusal.generic("Resetting the Virtual Machine is required");
        }
        if (asleep) {
            asleep = false;
            state = MachineState.SUSPENDED;
            monitors.emit("RESUME");
        } else if (state != MachineState.SUSPENDED) {
            run("RESUME");
        }
    }

    void wakeUp() {
        if (state != MachineState.SUSPENDED) {
            throw QmpRefusal.generic("Unable to wake up: guest is not in suspended state");
        }
        run("WAKEUP");
    }

    void pressPowerButton() {
        monitors.emit("POWERDOWN");
        listeners.forEach(MachineListener::onPowerButton);
    }

    public void reset(boolean guest, String reason) {
        if (actions.rebootShutsDown()) {
            shutDown(guest, reason);
            return;
        }
        monitors.emit("RESET", cause(guest, reason));
        asleep = false;
        if (state != MachineState.RUNNING) {
            state = MachineState.PRELAUNCH;
        }
        listeners.forEach(MachineListener::onReset);
    }

    public void shutDown(boolean guest, String reason) {
        monitors.emit("SHUTDOWN", cause(guest, reason));
        if (actions.shutdownPauses()) {
            pause(MachineState.SHUTDOWN);
        } else {
            end();
        }
    }

    /** {@code quit} and SIGTERM, which {@code -no-shutdown} does not hold up. */
    public void exit(String reason) {
        monitors.emit("SHUTDOWN", cause(false, reason));
        end();
    }

    public void kill() {
        if (alive) {
            alive = false;
            monitors.hangUp(false);
        }
    }

    public void suspend() {
        state = MachineState.SUSPENDED;
        monitors.emit("SUSPEND");
    }

    public void panic() {
        if (actions.panicPauses()) {
            monitors.emit("GUEST_PANICKED", action("pause"));
            pause(MachineState.GUEST_PANICKED);
        } else if (actions.panicIsIgnored()) {
            monitors.emit("GUEST_PANICKED", action("run"));
        } else {
            monitors.emit("GUEST_PANICKED", action("poweroff"));
            shutDown(true, "guest-panic");
        }
    }

    public void expireWatchdog() {
        monitors.emit("WATCHDOG", action(actions.watchdog()));
        switch (actions.watchdog()) {
            case "reset" -> reset(true, "guest-reset");
            case "shutdown" -> pressPowerButton();
            // QEMU is gone then without SHUTDOWN.
            case "poweroff" -> end();
            case "pause" -> pause(MachineState.WATCHDOG);
            default -> {}
        }
    }

    private void run(String event) {
        if (state != MachineState.RUNNING) {
            state = MachineState.RUNNING;
            monitors.emit(event);
            listeners.forEach(MachineListener::onRunning);
        }
    }

    private void pause(MachineState next) {
        if (state == MachineState.RUNNING) {
            state = next;
            monitors.emit("STOP");
        }
    }

    /** Closes the connection behind the reply to the command that has brought it about, if it was one. */
    private void end() {
        alive = false;
        FakeLoop.later(() -> monitors.hangUp(true));
    }

    private static ObjectNode cause(boolean guest, String reason) {
        return JsonNodeFactory.instance.objectNode().put("guest", guest).put("reason", reason);
    }

    private static ObjectNode action(String name) {
        return JsonNodeFactory.instance.objectNode().put("action", name);
    }
}
