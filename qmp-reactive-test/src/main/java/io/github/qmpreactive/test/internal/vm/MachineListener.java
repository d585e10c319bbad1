package io.github.qmpreactive.test.internal.vm;

/** Takes what a machine does to those inside of it; called on the fakes' event loop. */
interface MachineListener {

    /** The guest's processors run again. */
    default void onRunning() {}

    /** The guest begins anew. */
    default void onReset() {}

    /** The power button was pressed. */
    default void onPowerButton() {}
}
