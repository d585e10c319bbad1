package io.github.qmpreactive.fleet;

import io.github.qmpreactive.supervise.QmpSupervisor;

/** One machine of a fleet; another one under the same name is not the same. */
final class Machine {

    private final String name;
    private final QmpSupervisor supervisor;
    private volatile boolean removed;

    Machine(String name, QmpSupervisor supervisor) {
        this.name = name;
        this.supervisor = supervisor;
    }

    String name() {
        return name;
    }

    QmpSupervisor supervisor() {
        return supervisor;
    }

    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }
}
