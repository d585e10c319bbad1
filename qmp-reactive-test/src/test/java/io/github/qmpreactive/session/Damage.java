package io.github.qmpreactive.session;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** A stream with a few of its bytes flipped, cut out, put elsewhere, or with others put between. */
final class Damage {

    private static final byte[][] SCRAPS = {
        {'{'},
        {'}'},
        {'['},
        {']'},
        {'"'},
        {'\\'},
        {','},
        {':'},
        {'\n'},
        {0},
        {(byte) 0xFF},
        {(byte) 0xC0, (byte) 0x80},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        ascii("{}"),
        ascii("null"),
        ascii("-"),
        ascii("1e999999999"),
        ascii("18446744073709551616"),
        ascii("\"\\ud800\""),
        ascii("\"id\":"),
        ascii("\"id\":null,"),
        ascii("\"error\":5,"),
        ascii("\"return\":[],"),
        ascii("\"event\":{},"),
        ascii("{\"QMP\": {}}"),
        ascii("{\"event\": \"SHUTDOWN\"}"),
        ascii("{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse error\"}}"),
        ascii("[".repeat(3000)),
        ascii("{\"a\":".repeat(3000)),
        ascii(" ".repeat(5000)),
    };

    private final Random random;
    private byte[] bytes;
    private int intact;

    private Damage(byte[] bytes, Random random) {
        this.bytes = bytes;
        this.intact = bytes.length;
        this.random = random;
    }

    /** Does some damage. */
    static Damage to(byte[] stream, Random random) {
        Damage damage = new Damage(stream.clone(), random);
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            damage.once();
        }
        return damage;
    }

    byte[] bytes() {
        return bytes;
    }

    /** How many bytes at the beginning are as they were. */
    int intact() {
        return intact;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void once() {
        int at = random.nextInt(bytes.length + 1);
        int end = at + random.nextInt(Math.min(bytes.length - at, 1 << random.nextInt(10)) + 1);
        intact = Math.min(intact, at);
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (at < bytes.length) {
                    bytes[at] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 2 -> replace(at, end, new byte[0]);
            case 3 -> replace(at, bytes.length, new byte[0]);
            case 4 -> {
                int from = random.nextInt(bytes.length + 1);
                int to = from + random.nextInt(bytes.length - from + 1);
                replace(at, random.nextBoolean() ? at : end, Arrays.copyOfRange(bytes, from, to));
            }
            default -> replace(at, random.nextBoolean() ? at : end, SCRAPS[random.nextInt(SCRAPS.length)]);
        }
    }

    private void replace(int from, int to, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, from);
        out.writeBytes(by);
        out.write(bytes, to, bytes.length - to);
        bytes = out.toByteArray();
    }
}
