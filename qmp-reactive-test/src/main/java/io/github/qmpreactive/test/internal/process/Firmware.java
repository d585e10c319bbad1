package io.github.qmpreactive.test.internal.process;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.stream.Collectors;

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

    private static final String BEGIN = """
            fa                    cli
            c7 06 20 00 00 04     mov [8 * 4], TIMER_HANDLER: interrupt 8 is the timer's, all others are masked
            c7 06 22 00 00 f0     mov [8 * 4 + 2], 0xf000
            ba 20 00 b0 11 ee     out 0x20, 0x11
            ba 21 00 b0 08 ee     out 0x21, 8
            ba 21 00 b0 04 ee     out 0x21, 4
            ba 21 00 b0 01 ee     out 0x21, 1
            ba 21 00 b0 fe ee     out 0x21, 0xfe
            ba 43 00 b0 34 ee     out 0x43, 0x34: 101 Hz
            ba 40 00 b0 00 ee     out 0x40, 0
            ba 40 00 b0 2e ee     out 0x40, 0x2e
            66 67 c7 05           mov dword [...]: beyond a segment's limit, which TCG does not check
            50 03 e0 fe           0xfee00350: the local interrupt controller lets the timer's through
            00 07 00 00           0x700
            ba f8 0c 66 b8        out 0xcf8, ...
            40 0b 00 80 66 ef     0x80000b40: where ACPI's registers are
            ba fc 0c 66 b8        out 0xcfc, ...
            01 06 00 00 66 ef     at 0x600: status, enable, control
            ba f8 0c 66 b8        out 0xcf8, ...
            80 0b 00 80 66 ef     0x80000b80: whether they are there
            ba fc 0c 66 b8        out 0xcfc, ...
            01 00 00 00 66 ef     yes
            ba 00 06 b8 00 01 ef  out ACPI status, power button
            ba 02 06 b8 00 01 ef  out ACPI enable, power button
            fe 06 00 05           inc byte [BOOTS]
            fb                    sti
            """;

    private static final String LOOK = """
            f4                    hlt
            ba 00 06 ed           in ax, ACPI status
            a9 00 01              test ax, power button
            74                    jz over the next
            """;

    private static final String PRESSED = "ba 00 06 b8 00 01 ef  out ACPI status, power button\n";

    private Firmware() {}

    /**
     * Returns what {@code -bios} takes.
     *
     * @param action a listing of what is done when the button was pressed
     * @param always a listing of what is done each time that it looks
     */
    public static byte[] image(String action, String always) {
        byte[] image = new byte[SIZE];
        put(image, 0, program(action, always));
        put(image, TIMER_HANDLER, bytes("50 b0 20 e6 20 58 cf  push ax, end of interrupt, pop ax, iret"));
        put(image, RESET_VECTOR, bytes("ea 00 00 00 f0        jmp 0xf000:0"));
        return image;
    }

    private static byte[] program(String action, String always) {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        code.writeBytes(bytes(BEGIN));
        int loop = code.size();
        byte[] pressed = bytes(PRESSED + action);
        code.writeBytes(bytes(LOOK));
        code.write(pressed.length);
        code.writeBytes(pressed);
        code.writeBytes(bytes(always));
        // jmp loop
        code.write(0xEB);
        code.write(loop - (code.size() + 1));
        return code.toByteArray();
    }

    /** The code of a listing: what stands before two spaces in each line. */
    private static byte[] bytes(String listing) {
        return HexFormat.of()
                .parseHex(listing.lines()
                        .map(line -> line.split("  ", 2)[0].replace(" ", ""))
                        .collect(Collectors.joining()));
    }

    private static void put(byte[] image, int at, byte[] code) {
        System.arraycopy(code, 0, image, at, code.length);
    }
}
