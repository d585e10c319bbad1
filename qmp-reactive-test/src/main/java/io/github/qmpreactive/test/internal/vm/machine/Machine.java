package io.github.qmpreactive.test.internal.vm.machine;

import io.github.qmpreactive.test.internal.net.FakeLoop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The run states of a machine and the events of their changes, as in QEMU's {@code runstate.c}. All that changes it is
 * called on the fakes' event loop; what it says may be read anywhere.
 */
public final class Machine {

    private final Monitors monitors;
    private final VmSettings settings;
    private final GuestWork work = new GuestWork(this);
    private final List<Runnable> resets = new ArrayList<>();
    private final List<Runnable> stops = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private final List<Runnable> gone = new ArrayList<>();
    private Actions actions;
    private volatile MachineState state;
    /** Whether the guest sleeps while the machine is stopped. */
    private boolean asleep;

    /** Whether a guest that comes from another machine runs, if it did there. */
    private boolean starts;

    /** What the machine goes back to if its guest stays. */
    private MachineState stay = MachineState.RUNNING;

    /** Whether the clock of its guest has ever moved. */
    private boolean hasRun;

    private boolean migrating;

    /** What waits for QEMU's main loop; null if that is free. */
    private Sinks.@Nullable Empty<Void> busy;

    private volatile boolean alive = true;

    /** As it was set up. */
    public Machine(Monitors monitors, VmSettings settings) {
        this.monitors = monitors;
        this.settings = settings;
        this.actions = settings.actions;
        this.starts = settings.state == MachineState.RUNNING;
        this.state = settings.incoming ? MachineState.INMIGRATE : settings.state;
        this.hasRun = state == MachineState.RUNNING;
    }

    /** What its guest is going to do. */
    public GuestWork guestWork() {
        return work;
    }

    /** Adds what is done at each reset. */
    public void onReset(Runnable task) {
        resets.add(task);
    }

    /** Adds what is done whenever the machine stops, behind STOP. */
    public void onStop(Runnable task) {
        stops.add(task);
    }

    /** Adds what QEMU does before it exits. */
    public void onEnd(Runnable task) {
        ends.add(task);
    }

    /** Adds what is done when QEMU is gone, however it ended. */
    public void onGone(Runnable task) {
        gone.add(task);
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

    /** Whether the clock of its guest has ever moved, here or at the machine that the guest comes from. */
    public boolean hasRun() {
        return hasRun;
    }

    public void setAction(String event, String action) {
        actions = actions.with(event, action);
    }

    public void stop() {
        starts = false;
        if (state == MachineState.SUSPENDED && settings.profile.traits().stopsWhenSuspended()) {
            asleep = true;
            state = MachineState.PAUSED;
            monitors.emit("STOP");
        }
        pause(MachineState.PAUSED);
    }

    /** Stops it for what QEMU does meanwhile, if it runs. */
    public void stopFor(MachineState next) {
        pause(next);
    }

    /** QEMU's main loop is busy, and answers no commands, until {@link #release}. */
    public void occupy() {
        busy = Sinks.empty();
    }

    /** What waits goes on, behind what is being done. */
    public void release() {
        Sinks.Empty<Void> waiting = busy;
        busy = null;
        if (waiting != null) {
            FakeLoop.later(() -> waiting.tryEmitEmpty().orThrow());
        }
    }

    /** Completes when QEMU's main loop is free. */
    public Mono<Void> whenFree() {
        return Mono.defer(() -> busy == null ? Mono.empty() : busy.asMono().then(whenFree()));
    }

    /** Whether its guest is under way to another machine. */
    public void setMigrating(boolean isUnderWay) {
        migrating = isUnderWay;
    }

    /** Refuses a command while its guest is under way to another machine. */
    public void requireNotMigrating(String command) {
        if (migrating) {
            throw QmpRefusal.generic(command + " not allowed while migrating");
        }
    }

    /** Stops for the switch to another machine. */
    public void leave() {
        stay = state;
        pause(MachineState.FINISH_MIGRATE);
        state = MachineState.FINISH_MIGRATE;
    }

    /** Goes on if it has stopped for a switch that does not come about. */
    public void stay() {
        if (state == MachineState.FINISH_MIGRATE) {
            state = stay;
            if (stay == MachineState.RUNNING) {
                monitors.emit("RESUME");
                work.goOn();
            }
        }
    }

    /** Its guest is at another machine now; in the state that is returned. */
    public MachineState leaveBehind() {
        state = MachineState.POSTMIGRATE;
        return stay;
    }

    /** A guest has come that was in a state before. */
    public void arrive(MachineState before) {
        hasRun = true;
        if (before == MachineState.RUNNING && starts) {
            run("RESUME");
        } else {
            state = before == MachineState.RUNNING ? MachineState.PAUSED : before;
        }
    }

    public void cont() {
        starts = true;
        if (state == MachineState.INMIGRATE) {
            return;
        }
        if (state == MachineState.FINISH_MIGRATE) {
            throw QmpRefusal.generic("Migration is not finalized yet");
        }
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

    public void wakeUp() {
        if (state != MachineState.SUSPENDED) {
            throw QmpRefusal.generic("Unable to wake up: guest is not in suspended state");
        }
        run("WAKEUP");
    }

    public void pressPowerButton() {
        monitors.emit("POWERDOWN");
        // One that has not booted yet does not hear of it.
        if (state != MachineState.PRELAUNCH) {
            work.after(settings.guest.powerdown(), () -> shutDown(true, "guest-shutdown"));
        }
    }

    public void reset(boolean guest, String reason) {
        if (actions.is("reboot", "shutdown")) {
            shutDown(guest, reason);
            return;
        }
        monitors.emit("RESET", cause(guest, reason));
        asleep = false;
        if (state != MachineState.RUNNING && state != MachineState.INMIGRATE && state != MachineState.FINISH_MIGRATE) {
            state = MachineState.PRELAUNCH;
        }
        work.forget();
        resets.forEach(Runnable::run);
    }

    public void shutDown(boolean guest, String reason) {
        monitors.emit("SHUTDOWN", cause(guest, reason));
        if (actions.is("shutdown", "pause")) {
            pause(MachineState.SHUTDOWN);
        } else {
            endTidily();
        }
    }

    /** {@code quit} and SIGTERM, which {@code -no-shutdown} does not hold up. */
    public void exit(String reason) {
        monitors.emit("SHUTDOWN", cause(false, reason));
        endTidily();
    }

    /** QEMU exits without a word. */
    public void fail() {
        if (alive) {
            end();
        }
    }

    private void endTidily() {
        ends.forEach(Runnable::run);
        end();
    }

    public void kill() {
        if (alive) {
            die();
            monitors.hangUp(false);
        }
    }

    public void suspend() {
        state = MachineState.SUSPENDED;
        monitors.emit("SUSPEND");
    }

    public void panic() {
        boolean keeps = actions.is("panic", "shutdown") && actions.is("shutdown", "pause");
        if (keeps || actions.is("panic", "pause")) {
            monitors.emit("GUEST_PANICKED", action("pause"));
            pause(MachineState.GUEST_PANICKED);
        } else if (actions.is("panic", "none")) {
            monitors.emit("GUEST_PANICKED", action("run"));
        } else {
            monitors.emit("GUEST_PANICKED", action("poweroff"));
            shutDown(true, "guest-panic");
        }
    }

    public void expireWatchdog() {
        monitors.emit("WATCHDOG", action(actions.on("watchdog")));
        switch (actions.on("watchdog")) {
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
            hasRun = true;
            monitors.emit(event);
            work.goOn();
        }
    }

    private void pause(MachineState next) {
        if (state == MachineState.RUNNING) {
            state = next;
            monitors.emit("STOP");
            stops.forEach(Runnable::run);
        }
    }

    /** Closes the connection behind the reply to the command that has brought it about, if it was one. */
    private void end() {
        die();
        FakeLoop.later(() -> monitors.hangUp(true));
    }

    private void die() {
        alive = false;
        work.forget();
        gone.forEach(Runnable::run);
    }

    private static ObjectNode cause(boolean guest, String reason) {
        return JsonNodeFactory.instance.objectNode().put("guest", guest).put("reason", reason);
    }

    private static ObjectNode action(String name) {
        return JsonNodeFactory.instance.objectNode().put("action", name);
    }
}
