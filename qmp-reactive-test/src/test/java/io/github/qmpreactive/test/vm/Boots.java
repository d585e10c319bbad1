package io.github.qmpreactive.test.vm;

/** How often a guest has begun, by the events of its machine. */
final class Boots {

    private boolean running;
    private boolean due = true;
    private int count;

    Boots(boolean running) {
        this.running = running;
        boot();
    }

    void onEvent(String name) {
        switch (name) {
            case "RESUME" -> running = true;
            case "STOP", "SUSPEND", "SHUTDOWN" -> running = false;
            case "RESET" -> due = true;
            // From sleep the processor begins anew.
            case "WAKEUP" -> {
                running = true;
                due = true;
            }
            default -> {}
        }
        boot();
    }

    private void boot() {
        if (running && due) {
            due = false;
            count++;
        }
    }

    boolean isGuestRunning() {
        return running;
    }

    int count() {
        return count;
    }
}
