package io.github.qmpreactive.test.internal.guest;

/**
 * Firmware for QEMU's pc machine that needs no operating system: some 150 bytes of real mode code, which run within
 * milliseconds of the start in place of a BIOS. It sleeps, looks a hundred times a second whether the power button was
 * pressed, and does one thing then. Unless that ends it, it waits for the next time.
 */
public final class Firmware {

    /** Where it counts how often it has begun. Memory outlives a reset. */
    public static final int BOOTS = 0x500;

    private static final int SIZE = 0x10000;
    private static final int TIMER_HANDLER = 0x400;
    private static final int RESET_VECTOR = 0xFFF0;

    /** ACPI's registers, where this guest maps them. */
    private static final int PM_STATUS = 0x600;

    private static final int PM_ENABLE = 0x602;
    private static final int PM_CONTROL = 0x604;
    private static final int POWER_BUTTON = 0x100;
    private static final int SLEEP_ENABLE = 0x2000;
    private static final int SLEEP_S3 = 0x400;

    /** QEMU's registers for the removal of PCI devices. */
    private static final int PCI_TO_GO = 0xAE04;

    private static final int PCI_EJECT = 0xAE08;

    private static final int RESET_CONTROL = 0xCF9;
    private static final int PVPANIC = 0x505;
    private static final int WATCHDOG = 0x443;

    private final byte[] action;
    private final boolean releasing;

    private Firmware(MachineCode action, boolean releasing) {
        this.action = action.bytes();
        this.releasing = releasing;
    }

    /** Takes no notice of the power button. */
    public static Firmware ignoring() {
        return new Firmware(new MachineCode(), false);
    }

    /** Shuts down, by ACPI's state S5. */
    public static Firmware poweringOff() {
        return new Firmware(new MachineCode().out16(PM_CONTROL, SLEEP_ENABLE), false);
    }

    /** Sleeps, by ACPI's state S3. */
    public static Firmware suspending() {
        return new Firmware(new MachineCode().out16(PM_CONTROL, SLEEP_ENABLE | SLEEP_S3), false);
    }

    /** Reboots, by the reset control register. */
    public static Firmware rebooting() {
        return new Firmware(new MachineCode().out8(RESET_CONTROL, 6), false);
    }

    /** Panics. */
    public static Firmware panicking() {
        return new Firmware(new MachineCode().out8(PVPANIC, 1), false);
    }

    /** Has its watchdog expire, and takes no notice of the power button from then on. */
    public static Firmware hanging() {
        return new Firmware(new MachineCode().out16(PM_ENABLE, 0).out8(WATCHDOG, 0xF), false);
    }

    /** Takes no notice of the power button, and lets go of PCI devices when it is asked to. */
    public static Firmware releasingDevices() {
        return new Firmware(new MachineCode(), true);
    }

    /** What {@code -bios} takes. */
    public byte[] image() {
        byte[] image = new byte[SIZE];
        put(image, 0, program());
        // push ax; end of interrupt; pop ax; iret
        put(
                image,
                TIMER_HANDLER,
                new MachineCode().raw(0x50, 0xB0, 0x20, 0xE6, 0x20, 0x58, 0xCF).bytes());
        put(
                image,
                RESET_VECTOR,
                new MachineCode().raw(0xEA).word(0).word(0xF000).bytes());
        return image;
    }

    private byte[] program() {
        MachineCode code = new MachineCode();
        // Interrupt 8 is the timer's, at 101 Hz; all others are masked.
        code.raw(0xFA, 0xC7, 0x06).word(8 * 4).word(TIMER_HANDLER);
        code.raw(0xC7, 0x06).word(8 * 4 + 2).word(0xF000);
        code.out8(0x20, 0x11).out8(0x21, 8).out8(0x21, 4).out8(0x21, 1).out8(0x21, 0xFE);
        code.out8(0x43, 0x34).out8(0x40, 0).out8(0x40, 0x2E);
        // The local interrupt controller lets the timer's through. Beyond a segment's limit, which TCG does not check.
        code.raw(0x66, 0x67, 0xC7, 0x05).word(0x0350).word(0xFEE0).word(0x700).word(0);
        // ACPI's registers at 0x600, and on.
        code.out32(0xCF8, 0x80000B40).out32(0xCFC, PM_STATUS | 1);
        code.out32(0xCF8, 0x80000B80).out32(0xCFC, 1);
        code.out16(PM_STATUS, POWER_BUTTON).out16(PM_ENABLE, POWER_BUTTON);
        // inc byte [BOOTS]; sti
        code.raw(0xFE, 0x06).word(BOOTS).raw(0xFB);
        int loop = code.size();
        code.raw(0xF4);
        byte[] pressed =
                new MachineCode().out16(PM_STATUS, POWER_BUTTON).raw(action).bytes();
        code.in16(PM_STATUS)
                .raw(0xA9)
                .word(POWER_BUTTON)
                .raw(0x74, pressed.length)
                .raw(pressed);
        if (releasing) {
            byte[] eject =
                    new MachineCode().raw(0xBA).word(PCI_EJECT).raw(0x66, 0xEF).bytes();
            code.raw(0xBA).word(PCI_TO_GO).raw(0x66, 0xED, 0x66, 0x85, 0xC0, 0x74, eject.length);
            code.raw(eject);
        }
        // jmp loop
        code.raw(0xEB, loop - (code.size() + 2));
        return code.bytes();
    }

    private static void put(byte[] image, int at, byte[] code) {
        System.arraycopy(code, 0, image, at, code.length);
    }
}
