package io.github.qmpreactive.test.internal.guest;

import java.io.ByteArrayOutputStream;

/** Real mode machine code in the making. */
final class MachineCode {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    MachineCode raw(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    MachineCode raw(byte[] values) {
        bytes.writeBytes(values);
        return this;
    }

    MachineCode word(int value) {
        return raw(value, value >> 8);
    }

    /** mov dx, port; mov al, value; out dx, al. */
    MachineCode out8(int port, int value) {
        return raw(0xBA).word(port).raw(0xB0, value, 0xEE);
    }

    MachineCode out16(int port, int value) {
        return raw(0xBA).word(port).raw(0xB8).word(value).raw(0xEF);
    }

    MachineCode out32(int port, int value) {
        return raw(0xBA)
                .word(port)
                .raw(0x66, 0xB8)
                .word(value)
                .word(value >> 16)
                .raw(0x66, 0xEF);
    }

    MachineCode in16(int port) {
        return raw(0xBA).word(port).raw(0xED);
    }

    int size() {
        return bytes.size();
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
