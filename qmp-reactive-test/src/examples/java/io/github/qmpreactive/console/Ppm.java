package io.github.qmpreactive.console;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/** The format of QEMU before 7.1, which browsers do not know. */
final class Ppm {

    private static final Pattern HEADER = Pattern.compile("^P6\\s+(\\d+)\\s+(\\d+)\\s+255\\s");

    private Ppm() {}

    static byte[] toPng(byte[] ppm) throws IOException {
        String start = new String(ppm, 0, Math.min(ppm.length, 64), StandardCharsets.ISO_8859_1);
        Matcher header = HEADER.matcher(start);
        if (!header.find()) {
            throw new IOException("The display is no PPM");
        }
        int width = Integer.parseInt(header.group(1));
        int height = Integer.parseInt(header.group(2));
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int at = header.end();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                image.setRGB(x, y, (ppm[at] & 255) << 16 | (ppm[at + 1] & 255) << 8 | ppm[at + 2] & 255);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }
}
